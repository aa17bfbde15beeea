{{- define "guardrails.labels" -}}
storewright.dev/store: {{ .Values.store.id | quote }}
app.kubernetes.io/name: guardrails
app.kubernetes.io/instance: {{ .Values.store.id | quote }}
app.kubernetes.io/component: guardrails
app.kubernetes.io/part-of: storewright
app.kubernetes.io/managed-by: storewright
{{- end }}

{{/* The peers of a {namespace, cidrs} value, as NetworkPolicyPeers. */}}
{{- define "guardrails.peers" -}}
{{- if .namespace }}
- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ .namespace | quote }}}}
{{- end }}
{{- range .cidrs }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end }}
