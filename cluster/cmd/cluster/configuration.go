package main

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"os"
	"path"
	"text/template"
)

//go:embed files
var files embed.FS

// configurationFiles go into the state's config directory, their templates filled in with the facts below.
var configurationFiles = []string{"addons.yaml", "audit.yaml", "containerd.toml", "Corefile", "kubelet.yaml", "masquerade.nft", "proxy.yaml",
	"scheduler.yaml", "traefik.yaml", "traefik-tls.yaml"}

type facts struct {
	settings
	RunDir, ContainerdSock, NodeName, NodeAddress, PodBridge, PodRange, ClusterRange string
	CNI                                                                              string
}

func writeConfiguration(s settings) error {
	known := facts{s, runDir, containerdSock, nodeName, nodeAddress, podBridge, podRange, clusterRange, s.path("cni")}
	for _, name := range configurationFiles {
		if err := fill(name, s.path("config", name), known); err != nil {
			return err
		}
	}
	return fill("bridge.conflist", s.path("cni", "10-bridge.conflist"), known)
}

func fill(name, to string, known facts) error {
	functions := template.FuncMap{"kubeconfig": known.kubeconfig, "pki": known.pki, "path": known.path, "caBundle": known.caBundle}
	parsed, err := template.New(name).Option("missingkey=error").Funcs(functions).ParseFS(files, path.Join("files", name))
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	var content bytes.Buffer
	if err := parsed.Execute(&content, known); err != nil {
		return fmt.Errorf("filling in %s: %w", name, err)
	}
	if err := writeWhole(to, content.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Chmod(to, 0o644)
}

// caBundle is the cluster's authority as an APIService wants it.
func (f facts) caBundle() (string, error) {
	authority, err := os.ReadFile(f.pki("ca.crt"))
	return base64.StdEncoding.EncodeToString(authority), err
}
