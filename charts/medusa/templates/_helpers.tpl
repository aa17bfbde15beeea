{{/* Labels of every object. Called with (list $ "component"). */}}
{{- define "medusa.labels" -}}
{{- $root := index . 0 -}}
storewright.dev/store: {{ $root.Values.store.id | quote }}
{{ include "medusa.selector" . }}
app.kubernetes.io/instance: {{ $root.Values.store.id | quote }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: storewright
{{- end }}

{{/* What tells the pods of one component from the others. It cannot change in a store's life. */}}
{{- define "medusa.selector" -}}
app.kubernetes.io/name: medusa
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* What every pod has. Called with the numeric id of its user. */}}
{{- define "medusa.podDefaults" -}}
serviceAccountName: medusa
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ . }}
  runAsGroup: {{ . }}
  fsGroup: {{ . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* What every container has. The last lines that a failed one wrote are kept in its pod's status, where the platform reads them. */}}
{{- define "medusa.containerDefaults" -}}
imagePullPolicy: IfNotPresent
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* The only place a container can write to. */}}
{{- define "medusa.scratch" -}}
- {name: scratch, emptyDir: {sizeLimit: 64Mi}}
{{- end }}

{{/* Single keys of the store's Secrets as files. Called with (dict "root" $ "internal" (list ...) "admin" (list ...)). */}}
{{- define "medusa.secretsVolume" -}}
- name: secrets
  projected:
    defaultMode: 288  # 0440, for the pod's group
    sources:
      - secret:
          name: {{ .root.Values.secrets.internal | quote }}
          items:
            {{- range .internal }}
            - {key: {{ . }}, path: {{ . }}}
            {{- end }}
      {{- with .admin }}
      - secret:
          name: {{ $.root.Values.secrets.admin | quote }}
          items:
            {{- range . }}
            - {key: {{ . }}, path: {{ . }}}
            {{- end }}
      {{- end }}
{{- end }}

{{/* The mounted files of the ConfigMap `store`, as a folder: only so does a change arrive. Called with the names of the files. */}}
{{- define "medusa.storeVolume" -}}
- name: store
  configMap:
    name: store
    items:
      {{- range . }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end }}

{{/* What every process of the backend's image is told. No NODE_OPTIONS: see the sizes in values.yaml. */}}
{{- define "medusa.backendEnv" -}}
- {name: HOME, value: /tmp}
- {name: DATABASE_HOST, value: postgres}
- {name: DATABASE_PASSWORD_FILE, value: /run/secrets/store/postgres-password}
- {name: JWT_SECRET_FILE, value: /run/secrets/store/jwt-secret}
- {name: COOKIE_SECRET_FILE, value: /run/secrets/store/cookie-secret}
{{- end }}

{{/* What a serving or working backend is told beside that. */}}
{{- define "medusa.serverEnv" -}}
{{ include "medusa.backendEnv" . }}
- {name: DATABASE_POOL_MAX, value: {{ .size.databaseConnections | quote }}}
- {name: CACHE_HOST, value: valkey}
- {name: CACHE_PASSWORD_FILE, value: /run/secrets/store/valkey-password}
- {name: COOKIES_SECURE, value: {{ .root.Values.ingress.tls | quote }}}
- {name: WORKER_MODE, value: {{ .mode }}}
- {name: STORE_FILE, value: /etc/store/store.json}
- {name: MAIL_FILE, value: /etc/store/mail.json}
- {name: MAIL_PASSWORD_FILE, value: /run/secrets/mail/password}
{{- end }}

{{/* Replicas of one component on different nodes where there are some. Called with the component's name. */}}
{{- define "medusa.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {app.kubernetes.io/name: medusa, app.kubernetes.io/component: {{ . }}}}
{{- end }}

{{/* A volume of the store. Called with (dict "root" $ "component" "..." "size" "..."). */}}
{{- define "medusa.volumeClaim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .component }}-data
  labels: {{- include "medusa.labels" (list .root .component) | nindent 4 }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with .root.Values.storageClassName }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources: {requests: {storage: {{ .size | quote }}}}
{{- end }}

{{/* Where the pods of a component are reached. Called with (dict "root" $ "component" "..." "portName" "..." "port" 1234 "early" true). */}}
{{- define "medusa.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .component }}
  labels: {{- include "medusa.labels" (list .root .component) | nindent 4 }}
spec:
  selector: {{- include "medusa.selector" (list .root .component) | nindent 4 }}
  {{- if .early }}
  # Reached from the moment it listens: whoever needs it tries until then, and has no other to turn to.
  publishNotReadyAddresses: true
  {{- end }}
  ports: [{name: {{ .portName }}, port: {{ .port }}, targetPort: {{ .portName }}}]
{{- end }}

{{/* Nodes are drained one replica at a time. Called with (dict "root" $ "component" "..." "replicas" 2). */}}
{{- define "medusa.disruptionBudget" -}}
{{- if gt (int .replicas) 1 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .component }}
  labels: {{- include "medusa.labels" (list .root .component) | nindent 4 }}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app.kubernetes.io/name: medusa, app.kubernetes.io/component: {{ .component }}}}
{{- end }}
{{- end }}
