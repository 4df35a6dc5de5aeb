{{/* What every object of the chart carries. Takes (dict "root" $), and "annotations" of the object's own. */}}
{{- define "leafway-leaf.metadata" -}}
labels:
  {{- mustMergeOverwrite (deepCopy .root.Values.commonLabels) (include "leafway-leaf.labels" .root | fromYaml) | toYaml | nindent 2 }}
{{- with mustMergeOverwrite (deepCopy .root.Values.commonAnnotations) (.annotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "leafway-leaf.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/name: leafway-leaf
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/*
The objects of a file of files/, which is also installed without Helm and then means the namespaces leafway-system and
liqo, and no central cluster: those of this release take their place. Takes (dict "root" $ "file" PATH).
*/}}
{{- define "leafway-leaf.objects" }}
{{- $namespaces := dict "leafway-system" .root.Release.Namespace "liqo" .root.Values.liqo.namespace }}
{{- $account := "system:serviceaccount:%s:leafway-%s" }}
{{- $text := .root.Files.Get .file | replace "<centre.clusterID>" .root.Values.centre.clusterID }}
{{- $text = $text | replace (printf $account "leafway-system" "centre") (printf $account .root.Release.Namespace "centre") }}
{{- $text = $text | replace (printf $account "leafway-system" "agent") (printf $account .root.Values.agent.namespace "agent") }}
{{- range splitList "\n---\n" $text }}
{{- $object := fromYaml . }}
{{- $own := include "leafway-leaf.metadata" (dict "root" $.root) | fromYaml }}
{{- with $object.metadata.namespace }}
{{- $_ := set $own "namespace" (get $namespaces .) }}
{{- end }}
{{- $_ := mustMergeOverwrite $object.metadata $own }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}

{{/*
The binding of an account of this release to a role.
Takes (dict "root" $ "role" "leafway-centre" "account" "leafway-centre"), "namespace" for a Role instead of a ClusterRole, and
"accountNamespace" where the account is not in that of the release.
*/}}
{{- define "leafway-leaf.binding" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ ternary "RoleBinding" "ClusterRoleBinding" (hasKey . "namespace") }}
metadata:
  name: {{ .role }}
  {{- with .namespace }}
  namespace: {{ . | quote }}
  {{- end }}
  {{- include "leafway-leaf.metadata" (dict "root" .root) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ ternary "Role" "ClusterRole" (hasKey . "namespace") }}
  name: {{ .role }}
subjects:
  - kind: ServiceAccount
    name: {{ .account }}
    namespace: {{ .accountNamespace | default .root.Release.Namespace | quote }}
{{- end }}
