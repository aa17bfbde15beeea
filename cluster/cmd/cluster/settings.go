package main

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Where the cluster is on this machine. The addresses are private to it; nothing but loopback and the node's own address is listened on.
const (
	runDir         = "/run/storewright"
	containerdSock = runDir + "/containerd/containerd.sock"
	nodeName       = "storewright"
	nodeAddress    = "10.244.255.1"  // on an empty bridge of its own
	podRange       = "10.244.0.0/22" // a thousand pods on the one node
	clusterRange   = "10.244.0.0/16"
	serviceRange   = "10.96.0.0/16"
	apiService     = "10.96.0.1"
	nodeBridge     = "kube0"
	podBridge      = "cni0" // bridge-nf hands its traffic to the policy chain by this name
	policyQueue    = 100    // NFQUEUE that the NetworkPolicy engine judges
	policyChain    = "STOREWRIGHT-POLICY"
	apiServer      = "https://" + nodeAddress + ":6443"
)

// settings are what the caller decides; constants above are what nobody needs to.
type settings struct {
	State      string
	Bin        string
	Traefik    string
	PauseImage string
	Owner      string
	DNSForward string
}

func (s settings) check() error {
	for _, needed := range []struct{ flag, value string }{
		{"state", s.State}, {"bin", s.Bin}, {"traefik", s.Traefik}, {"pause-image", s.PauseImage},
		{"owner", s.Owner},
	} {
		if needed.value == "" {
			return fmt.Errorf("--%s is missing", needed.flag)
		}
	}
	if !filepath.IsAbs(s.State) {
		return errors.New("--state must be an absolute path")
	}
	return nil
}

func (s settings) path(elements ...string) string {
	return filepath.Join(append([]string{s.State}, elements...)...)
}
func (s settings) program(name string) string { return filepath.Join(s.Bin, name) }
func (s settings) pki(name string) string     { return s.path("pki", name) }
func (s settings) kubeconfig(user string) string {
	return s.path("kubeconfig", user+".yaml")
}
