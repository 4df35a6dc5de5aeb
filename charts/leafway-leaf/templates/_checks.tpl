{{/* What no schema can see: what the cluster lacks. Where there is no cluster to look at nothing is refused. */}}
{{- define "leafway-leaf.checks" -}}
{{- if and (lookup "v1" "Namespace" "" "kube-system") (not (lookup "v1" "Namespace" "" .Values.liqo.namespace)) }}
{{- fail (printf "this cluster has no namespace %q, where Liqo keeps the cluster's ID and networks: install Liqo first, or set liqo.namespace to where it is." .Values.liqo.namespace) }}
{{- end }}
{{- end }}
