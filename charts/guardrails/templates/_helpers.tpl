{{- define "guardrails.labels" -}}
storewright.dev/store: {{ .Values.store.id | quote }}
app.kubernetes.io/name: guardrails
app.kubernetes.io/instance: {{ .Values.store.id | quote }}
app.kubernetes.io/component: guardrails
app.kubernetes.io/part-of: storewright
app.kubernetes.io/managed-by: storewright
{{- end }}

{{/* The internet minus private, shared, link-local (with the metadata address) and reserved ranges: RFC 6890 and its IPv6 counterparts. */}}
{{- define "guardrails.internet" -}}
- ipBlock:
    cidr: 0.0.0.0/0
    except: [0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/4, 240.0.0.0/4]
- ipBlock:
    cidr: "::/0"
    except: ["::1/128", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8"]
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
