// Command network-policies enforces NetworkPolicies for the built-in cluster: it judges each new connection that the node's
// iptables chain (cluster/cmd/cluster/network.go) hands it through an NFQUEUE. The engine is kube-network-policies'.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

// noNode is the name of no node. Whenever a pod of its node changes, the engine writes nftables rules of its own, beside those that hand it
// packets here. With each hook that goes meanwhile the kernel drops all packets that wait for a verdict: a pod's first questions to the DNS
// were lost that way, and asked anew after five seconds only. Without a node it writes them once, at its start, for no pod at all; verdicts
// do not depend on it (v0.8.0: to be looked at again with another version).
const noNode = "no node"

func main() {
	kubeconfig := flag.String("kubeconfig", "", "path of a kubeconfig")
	queue := flag.Int("queue", 100, "number of the NFQUEUE")
	health := flag.String("health", "127.0.0.1:10300", "address that answers /healthz")
	flag.Parse()
	if err := run(*kubeconfig, *queue, *health); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func run(kubeconfig string, queue int, health string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	factory := informers.NewSharedInformerFactory(client, 0)
	policies, namespaces, pods := factory.Networking().V1().NetworkPolicies(), factory.Core().V1().Namespaces(), factory.Core().V1().Pods()
	controller, err := networkpolicy.NewController(client, policies, namespaces, pods, nil, nil, nil, nil,
		networkpolicy.Config{NodeName: noNode, QueueID: queue})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	go serveHealth(health, func() bool {
		return policies.Informer().HasSynced() && namespaces.Informer().HasSynced() && pods.Informer().HasSynced()
	})
	return controller.Run(ctx)
}

// serveHealth says 200 once the engine knows every policy, namespace and pod.
func serveHealth(address string, synced func() bool) {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if !synced() {
			http.Error(w, "the first lists are not complete", http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		fmt.Fprintln(os.Stderr, "health endpoint: "+err.Error())
	}
}
