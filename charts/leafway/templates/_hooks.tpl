{{/*
A Job that runs a command of the controller's program, with an account and roles of its own: all of them hooks, made for
the occasion and gone after it. Of a Job that failed Helm prints the log, and it stays for an hour; its account does not.
Takes (dict "root" $ "component" "drain" "event" "pre-delete" "args" LIST "seconds" 240), and with "more" the names of
further files in files/roles.
*/}}
{{- define "leafway.hook" }}
{{- $name := printf "leafway-%s" .component }}
{{- $hook := dict "helm.sh/hook" .event "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" }}
{{- $before := merge (dict "annotations" (merge (dict "helm.sh/hook-weight" "-1") $hook)) . }}
{{- $logged := dict "helm.sh/hook-weight" "0" "helm.sh/hook-output-log-policy" "hook-failed" }}
{{- $job := merge (dict "annotations" (merge $logged $hook) "values" (omit .root.Values.controller "topologySpread")) . }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace | quote }}
  {{- include "leafway.metadata" $before | nindent 2 }}
automountServiceAccountToken: false
{{- range $file := concat (list .component) (.more | default list) }}
{{- range $document := splitList "\n---\n" ($.root.Files.Get (printf "files/roles/%s.yaml" $file)) }}
{{- $role := fromYaml $document }}
{{- $namespace := include "leafway.roleNamespace" (dict "root" $.root "role" $role) }}
---
{{- include "leafway.role" (dict "root" $.root "role" $role "namespace" $namespace "account" $name "metadata" $before) }}
{{- end }}
{{- end }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace | quote }}
  {{- include "leafway.metadata" $job | nindent 2 }}
spec:
  # It waits by itself, and says why it ends.
  backoffLimit: 0
  activeDeadlineSeconds: {{ add .seconds 30 }}
  ttlSecondsAfterFinished: 3600
  template:
    metadata:
      {{- include "leafway.podMetadata" $job | nindent 6 }}
    spec:
      {{- include "leafway.pod" $job | nindent 6 }}
      restartPolicy: Never
      containers:
        - name: {{ .component }}
          image: {{ include "leafway.image" (dict "root" .root "image" .root.Values.controller.image) | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy | quote }}
          args:
            {{- range .args }}
            - {{ . | quote }}
            {{- end }}
            - "--lease-namespace={{ .root.Release.Namespace }}"
          resources:
            {{- toYaml .root.Values.controller.resources | nindent 12 }}
          securityContext:
            {{- include "leafway.containerSecurity" . | nindent 12 }}
{{- end }}

{{/* drain.timeout in seconds. */}}
{{- define "leafway.drainSeconds" -}}
{{- $unit := ternary 60 1 (hasSuffix "m" .Values.drain.timeout) -}}
{{- trimAll "sm" .Values.drain.timeout | int | mul $unit -}}
{{- end }}
