package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// command runs a program of the host to its end.
func command(name string, args ...string) error {
	output, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(output)))
	}
	return nil
}

// setUpNetwork prepares the host; whatever is there already stays as it is.
func setUpNetwork(s settings) error {
	for _, module := range []string{"br_netfilter", "overlay", "nf_conntrack"} {
		_ = command("modprobe", "-q", module) // built in, or there already: the settings below tell
	}
	settings := []struct{ path, value string }{
		{"/proc/sys/net/ipv4/ip_forward", "1"},
		// Pods of one bridge reach each other without routing: this has the policy chain see them all the same.
		{"/proc/sys/net/bridge/bridge-nf-call-iptables", "1"},
	}
	for _, setting := range settings {
		if err := os.WriteFile(setting.path, []byte(setting.value), 0o644); err != nil {
			return fmt.Errorf("the kernel lacks a setting that the cluster needs: %w", err)
		}
	}
	if command("ip", "link", "show", nodeBridge) != nil {
		if err := command("ip", "link", "add", nodeBridge, "type", "bridge"); err != nil {
			return err
		}
	}
	if err := errors.Join(command("ip", "address", "replace", nodeAddress+"/32", "dev", nodeBridge),
		command("ip", "link", "set", nodeBridge, "up")); err != nil {
		return err
	}
	if err := setUpPolicyChain(); err != nil {
		return err
	}
	return command("nft", "-f", s.path("config", "masquerade.nft"))
}

// policyHooks are the paths on which a pod's new connections are judged: what a pod sends on, what it sends to the node itself (the API
// server, kubelet, DNS), and what reaches it from outside. The node's own connections to pods are let in, as everywhere in Kubernetes.
var policyHooks = [][]string{
	{"FORWARD", "-i", podBridge},
	{"FORWARD", "!", "-i", podBridge, "-o", podBridge},
	{"INPUT", "-i", podBridge},
}

// setUpPolicyChain sends new connections to the NetworkPolicy engine. Without --queue-bypass: while the engine is down nothing new gets
// through, rather than everything.
func setUpPolicyChain() error {
	iptables := func(args ...string) error {
		return command("iptables", append([]string{"-w", "10", "-t", "mangle"}, args...)...)
	}
	if iptables("-n", "-L", policyChain) != nil {
		if err := iptables("-N", policyChain); err != nil {
			return err
		}
	}
	if err := iptables("-F", policyChain); err != nil {
		return err
	}
	if err := iptables("-A", policyChain, "-m", "conntrack", "--ctstate", "NEW", "-j", "NFQUEUE", "--queue-num",
		fmt.Sprint(policyQueue)); err != nil {
		return err
	}
	for _, hook := range policyHooks {
		rule := append(append([]string{}, hook[1:]...), "-j", policyChain)
		if iptables(append([]string{"-C", hook[0]}, rule...)...) == nil {
			continue
		}
		if err := iptables(append([]string{"-A", hook[0]}, rule...)...); err != nil {
			return err
		}
	}
	return nil
}

// tearDownNetwork removes what setUpNetwork and the parts put there. What is gone already is no error.
func tearDownNetwork() {
	ignore := func(name string, args ...string) { _ = command(name, args...) }
	for _, hook := range policyHooks {
		rule := append(append([]string{"-w", "10", "-t", "mangle", "-D", hook[0]}, hook[1:]...), "-j", policyChain)
		ignore("iptables", rule...)
	}
	ignore("iptables", "-w", "10", "-t", "mangle", "-F", policyChain)
	ignore("iptables", "-w", "10", "-t", "mangle", "-X", policyChain)
	for _, table := range [][]string{{"ip", "storewright"}, {"ip", "kube-proxy"}, {"ip6", "kube-proxy"}} {
		ignore("nft", append([]string{"delete", "table"}, table...)...)
	}
	for _, link := range []string{podBridge, nodeBridge} {
		ignore("ip", "link", "delete", link)
	}
}
