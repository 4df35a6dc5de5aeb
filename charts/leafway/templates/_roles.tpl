{{/*
A role of files/roles on this cluster and, with an account, its binding to that.
Takes (dict "root" $ "role" ROLE "namespace" "" "account" "leafway-webhook" "metadata" DICT), the last for "leafway.metadata".
*/}}
{{- define "leafway.role" }}
{{- $role := .role }}
{{- $identity := include "leafway.roleIdentity" . }}
apiVersion: {{ $role.apiVersion }}
kind: {{ $role.kind }}
metadata:
  {{- $identity | nindent 2 }}
rules:
  {{- toYaml $role.rules | nindent 2 }}
{{- with .account }}
---
apiVersion: {{ $role.apiVersion }}
kind: {{ $role.kind }}Binding
metadata:
  {{- $identity | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $role.kind }}
  name: {{ $role.metadata.name }}
subjects:
  - kind: ServiceAccount
    name: {{ . }}
    namespace: {{ $.root.Release.Namespace | quote }}
{{- end }}
{{- end }}

{{- define "leafway.roleIdentity" -}}
name: {{ .role.metadata.name }}
{{- with .namespace }}
namespace: {{ . | quote }}
{{- end }}
{{ include "leafway.metadata" (merge (dict "labels" .role.metadata.labels) .metadata) }}
{{- end }}

{{/* The namespace on this cluster of what the files call leafway-system and liqo. Takes (dict "root" $ "role" ROLE). */}}
{{- define "leafway.roleNamespace" -}}
{{- $namespace := get .role.metadata "namespace" -}}
{{- get (dict "leafway-system" .root.Release.Namespace "liqo" .root.Values.liqo.namespace) $namespace | default $namespace -}}
{{- end }}
