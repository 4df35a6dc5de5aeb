{{/* Labels of every object of this chart. */}}
{{- define "leafway-leaf.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/*
The objects of a file that is not a template, with our labels. Called with (list $ PATH). The file names the namespaces
of a plain installation, `liqo` and `leafway-system`: those of this one take their place.
*/}}
{{- define "leafway-leaf.objects" -}}
{{- $root := index . 0 }}
{{- $account := printf "system:serviceaccount:%s:" $root.Release.Namespace }}
{{- $text := $root.Files.Get (index . 1) | replace "system:serviceaccount:leafway-system:" $account }}
{{- range splitList "\n---\n" $text }}
{{- $object := fromYaml . }}
{{- $_ := set $object.metadata "labels" (include "leafway-leaf.labels" $root | fromYaml) }}
{{- if eq ($object.metadata.namespace | default "") "liqo" }}
{{- $_ := set $object.metadata "namespace" $root.Values.liqo.namespace }}
{{- end }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}
