package main

import (
	"fmt"
	"os"
)

// part is one process of the cluster.
type part struct {
	name  string
	after []string // parts that have to be ready before it starts
	args  []string // program first
	env   []string
	ready check
}

// parts lists the whole cluster. A part is started once those it comes after are ready, and again, with a back-off, when it ends.
func parts(s settings) []part {
	return append(controlPlane(s), append(node(s), addOns(s)...)...)
}

func controlPlane(s settings) []part {
	return []part{
		{
			name: "etcd",
			args: []string{s.program("etcd"), "--name=storewright", "--data-dir=" + s.path("etcd"),
				"--listen-client-urls=https://127.0.0.1:2379", "--advertise-client-urls=https://127.0.0.1:2379",
				"--listen-peer-urls=http://127.0.0.1:2380", "--listen-metrics-urls=http://127.0.0.1:2381",
				"--cert-file=" + s.pki("etcd.crt"), "--key-file=" + s.pki("etcd.key"),
				"--client-cert-auth=true", "--trusted-ca-file=" + s.pki("etcd-ca.crt"),
				"--auto-compaction-mode=periodic", "--auto-compaction-retention=5m", "--logger=zap", "--log-level=warn"},
			ready: answers("http://127.0.0.1:2381/health"),
		},
		{
			name:  "kube-apiserver",
			after: []string{"etcd"},
			args: []string{s.program("kube-apiserver"),
				"--etcd-servers=https://127.0.0.1:2379", "--etcd-cafile=" + s.pki("etcd-ca.crt"),
				"--etcd-certfile=" + s.pki("etcd-client.crt"), "--etcd-keyfile=" + s.pki("etcd-client.key"),
				"--bind-address=" + nodeAddress, "--advertise-address=" + nodeAddress, "--secure-port=6443",
				"--service-cluster-ip-range=" + serviceRange,
				"--tls-cert-file=" + s.pki("apiserver.crt"), "--tls-private-key-file=" + s.pki("apiserver.key"),
				"--client-ca-file=" + s.pki("ca.crt"),
				"--service-account-key-file=" + s.pki("service-accounts.pub"),
				"--service-account-signing-key-file=" + s.pki("service-accounts.key"),
				"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
				"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--anonymous-auth=false",
				"--allow-privileged=true",
				"--kubelet-client-certificate=" + s.pki("apiserver-kubelet-client.crt"),
				"--kubelet-client-key=" + s.pki("apiserver-kubelet-client.key"),
				"--kubelet-certificate-authority=" + s.pki("ca.crt"), "--kubelet-preferred-address-types=InternalIP",
				"--requestheader-client-ca-file=" + s.pki("front-proxy-ca.crt"),
				"--requestheader-allowed-names=front-proxy-client",
				"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
				"--requestheader-extra-headers-prefix=X-Remote-Extra-",
				"--proxy-client-cert-file=" + s.pki("front-proxy-client.crt"),
				"--proxy-client-key-file=" + s.pki("front-proxy-client.key"),
				"--enable-aggregator-routing=true",
				"--audit-policy-file=" + s.path("config", "audit.yaml"), "--audit-log-path=" + s.path("log", "audit.log"),
				"--audit-log-maxsize=100", "--audit-log-maxbackup=2"},
			ready: apiReady(s, "/readyz"),
		},
		{
			name:  "kube-controller-manager",
			after: []string{"kube-apiserver"},
			args: []string{s.program("kube-controller-manager"), "--kubeconfig=" + s.kubeconfig("controller-manager"),
				"--authentication-kubeconfig=" + s.kubeconfig("controller-manager"),
				"--authorization-kubeconfig=" + s.kubeconfig("controller-manager"),
				"--bind-address=127.0.0.1", "--tls-cert-file=" + s.pki("local-server.crt"), "--tls-private-key-file=" + s.pki("local-server.key"),
				"--service-account-private-key-file=" + s.pki("service-accounts.key"), "--root-ca-file=" + s.pki("ca.crt"),
				"--cluster-signing-cert-file=" + s.pki("ca.crt"), "--cluster-signing-key-file=" + s.pki("ca.key"),
				"--use-service-account-credentials=true", "--allocate-node-cidrs=false", "--leader-elect=false",
				"--authorization-always-allow-paths=/healthz"},
			ready: localTLS(s, "https://127.0.0.1:10257/healthz"),
		},
		{
			name:  "kube-scheduler",
			after: []string{"kube-apiserver"},
			args: []string{s.program("kube-scheduler"), "--config=" + s.path("config", "scheduler.yaml"),
				"--authentication-kubeconfig=" + s.kubeconfig("scheduler"), "--authorization-kubeconfig=" + s.kubeconfig("scheduler"),
				"--bind-address=127.0.0.1", "--tls-cert-file=" + s.pki("local-server.crt"), "--tls-private-key-file=" + s.pki("local-server.key"),
				"--authorization-always-allow-paths=/healthz"},
			ready: localTLS(s, "https://127.0.0.1:10259/healthz"),
		},
	}
}

func node(s settings) []part {
	return []part{
		{
			name:  "containerd",
			args:  []string{"containerd", "--config", s.path("config", "containerd.toml")},
			ready: listens("unix", containerdSock),
		},
		{
			name:  "kubelet",
			after: []string{"kube-apiserver", "containerd"},
			args: []string{s.program("kubelet"), "--config=" + s.path("config", "kubelet.yaml"), "--kubeconfig=" + s.kubeconfig("kubelet"),
				"--hostname-override=" + nodeName, "--node-ip=" + nodeAddress, "--root-dir=" + s.path("kubelet")},
			ready: answers("http://127.0.0.1:10248/healthz"),
		},
		{
			name:  "kube-proxy",
			after: []string{"kube-apiserver"},
			args:  []string{s.program("kube-proxy"), "--config=" + s.path("config", "proxy.yaml")},
			ready: answers("http://127.0.0.1:10249/healthz"),
		},
		{
			name:  "network-policies",
			after: []string{"kube-apiserver"},
			args: []string{s.program("network-policies"), "--kubeconfig=" + s.kubeconfig("network-policies"),
				fmt.Sprintf("--queue=%d", policyQueue), "--health=127.0.0.1:10300"},
			ready: answers("http://127.0.0.1:10300/healthz"),
		},
	}
}

func addOns(s settings) []part {
	return []part{
		{
			name:  "coredns",
			after: []string{"kube-apiserver"},
			args:  []string{s.program("coredns"), "-conf", s.path("config", "Corefile")},
			ready: answers("http://127.0.0.1:10301/ready"),
		},
		{
			name:  "volumes",
			after: []string{"kube-apiserver"},
			args: []string{s.program("volumes"), "--kubeconfig=" + s.kubeconfig("volumes"), "--directory=" + s.path("volumes"),
				"--node=" + nodeName},
			ready: runs(),
		},
		{
			name:  "traefik",
			after: []string{"kube-apiserver"},
			args:  []string{s.Traefik, "--configfile=" + s.path("config", "traefik.yaml")},
			// Traefik asks somebody else for news of itself unless told not to (traefik.yaml); nothing of the caller's is passed on.
			env:   []string{"KUBECONFIG=" + s.kubeconfig("ingress")},
			ready: answers("http://127.0.0.1:10302/ping"),
		},
		{
			name:  "metrics-server",
			after: []string{"kubelet"},
			args: []string{s.program("metrics-server"), "--kubeconfig=" + s.kubeconfig("metrics"),
				"--authentication-kubeconfig=" + s.kubeconfig("metrics"), "--authorization-kubeconfig=" + s.kubeconfig("metrics"),
				"--bind-address=" + nodeAddress, "--secure-port=4443", "--metric-resolution=15s",
				"--kubelet-certificate-authority=" + s.pki("ca.crt"), "--kubelet-preferred-address-types=InternalIP",
				"--tls-cert-file=" + s.pki("local-server.crt"), "--tls-private-key-file=" + s.pki("local-server.key")},
			ready: localTLS(s, "https://"+nodeAddress+":4443/livez"),
		},
	}
}

// environment is what a part gets to see: nothing of the caller's but where programs are.
func (p part) environment() []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, p.env...)
}
