{{/*
What no schema can see: what goes together, and what the cluster lacks. Where there is no cluster to look at (helm template)
only the former is refused; the agent looks for itself before it starts.
*/}}
{{- define "leafway-leaf.checks" -}}
{{- $isCluster := lookup "v1" "Namespace" "" "kube-system" }}
{{- if .Values.agent.enabled }}
{{- range $name, $value := pick .Values.agent "clusterID" "podCIDRs" "serviceCIDR" }}
{{- if not $value }}
{{- fail (printf "agent.enabled is true, and agent.%s is not set: the agent cannot find it out by itself." $name) }}
{{- end }}
{{- end }}
{{- range $what, $namespace := dict "the release's" .Release.Namespace "Liqo's" .Values.liqo.namespace }}
{{- if eq $.Values.agent.namespace $namespace }}
{{- fail (printf "agent.namespace is %s, which is %s namespace too, but the agent's Pod is privileged, and whoever may make Pods beside it could be root on the node: leave it leafway-agent, or give it another of its own." $namespace $what) }}
{{- end }}
{{- end }}
{{- include "leafway-leaf.agentChecks" . }}
{{- else if and $isCluster (not (lookup "v1" "Namespace" "" .Values.liqo.namespace)) }}
{{- fail (printf "this cluster has no namespace %q, where Liqo keeps the cluster's ID and networks: install Liqo first, set liqo.namespace to where it is, or, on a cluster of one node without Liqo, agent.enabled=true." .Values.liqo.namespace) }}
{{- end }}
{{- end }}

{{/* The same as packages/gateway/src/preflight.ts. */}}
{{- define "leafway-leaf.agentChecks" -}}
{{- range (lookup "apps/v1" "Deployment" "" "").items }}
{{- if eq (get (.metadata.labels | default dict) "app.kubernetes.io/part-of") "liqo" }}
{{- fail (printf "agent.enabled is true, but Liqo runs this cluster (Deployment %s/%s), and two data planes would undo each other's work: leave it false." .metadata.namespace .metadata.name) }}
{{- end }}
{{- end }}
{{- with lookup "v1" "ConfigMap" .Values.liqo.namespace "liqo-clusterid-configmap" }}
{{- if ne (get (.metadata.annotations | default dict) "leafway.dev/data-plane") "Leafway" }}
{{- fail (printf "agent.enabled is true, but Liqo runs this cluster (ConfigMap %s/%s), and two data planes would undo each other's work: leave it false." .metadata.namespace .metadata.name) }}
{{- else if ne .data.CLUSTER_ID $.Values.agent.clusterID }}
{{- fail (printf "agent.clusterID is %s, but an agent has run here as %s, and an ID can never change: set it to that." $.Values.agent.clusterID .data.CLUSTER_ID) }}
{{- end }}
{{- end }}
{{- $nodes := (lookup "v1" "Node" "" "").items | default list }}
{{- if gt (len $nodes) 1 }}
{{- fail (printf "agent.enabled is true, but this cluster has %d nodes, and the agent would connect the pods of one: install Liqo instead, and leave it false." (len $nodes)) }}
{{- end }}
{{- end }}
