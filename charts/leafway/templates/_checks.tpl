{{/* What no schema can see: values that cannot go together, and what the cluster lacks. Each failure names the ways out. */}}
{{- define "leafway.checks" -}}
{{- if .Values.certManager.enabled }}
{{- if not (.Capabilities.APIVersions.Has "cert-manager.io/v1") }}
{{- fail "certManager.enabled is true, but this cluster does not serve cert-manager.io/v1: install cert-manager first (https://cert-manager.io/docs/installation/helm/), or set certManager.enabled=false: the webhook then makes and renews its certificate itself. When you render without a cluster (helm template), add --api-versions cert-manager.io/v1." }}
{{- end }}
{{- if le (trimSuffix "h" .Values.certManager.duration | int) (trimSuffix "h" .Values.certManager.renewBefore | int) }}
{{- fail (printf "certManager.renewBefore (%s) is not shorter than certManager.duration (%s): the certificate would be renewed without end; cert-manager's own choice is a third of it." .Values.certManager.renewBefore .Values.certManager.duration) }}
{{- end }}
{{- end }}
{{- $clients := .Values.webhook.clientCA }}
{{- if and $clients.configMap $clients.secret }}
{{- fail "webhook.clientCA names both a configMap and a secret: the authorities come from one of them." }}
{{- end }}
{{- if and $clients.commonName (not (or $clients.configMap $clients.secret)) }}
{{- fail "webhook.clientCA.commonName is set without authorities: name the webhook.clientCA.configMap or .secret whose certificates it is compared with." }}
{{- end }}
{{- if eq (int .Values.webhook.port) (int .Values.webhook.healthPort) }}
{{- fail (printf "webhook.port and webhook.healthPort are both %d: the webhook listens on two ports." (int .Values.webhook.port)) }}
{{- end }}
{{- if and .Values.webhook.hostNetwork (has 10250 (list (int .Values.webhook.port) (int .Values.webhook.healthPort))) }}
{{- fail "webhook.hostNetwork is true and the webhook would listen on port 10250, which is the kubelet's on every node: choose another webhook.port or webhook.healthPort." }}
{{- end }}
{{- range $value := list "serviceMonitor" "alerts" }}
{{- if and (get $.Values $value).enabled (not ($.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}
{{- fail (printf "%s.enabled is true, but this cluster does not serve monitoring.coreos.com/v1: install the Prometheus operator first, or leave it false. When you render without a cluster (helm template), add --api-versions monitoring.coreos.com/v1." $value) }}
{{- end }}
{{- end }}
{{- if and (not .Values.liqo.clusterID) (lookup "v1" "Namespace" "" "kube-system") (not (lookup "v1" "Namespace" "" .Values.liqo.namespace)) }}
{{- fail (printf "this cluster has no namespace %q, where Liqo keeps the cluster's own ID: set liqo.namespace to where Liqo is installed, or, when Liqo does not run on this cluster, liqo.clusterID to a name for it." .Values.liqo.namespace) }}
{{- end }}
{{- if and .Values.compatibility.enabled .Values.crds.enabled }}
{{- range $plural := list "foreignclusterconnections" "virtualnodeconnections" }}
{{- $crd := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" (printf "%s.networking.liqo.io" $plural) }}
{{- if and $crd (not (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $crd)) }}
{{- fail (printf "compatibility.enabled is true, but this cluster has the CustomResourceDefinition %s.networking.liqo.io already, and no chart made it: remove the Foreign Cluster Connector and hand the definition over, so that its objects stay. How: docs/how-to/from-foreign-cluster-connector.md." $plural) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
