// Command cluster runs a complete one-machine Kubernetes from plain processes, for machines without Docker.
//
//	cluster up      starts it in the background and waits until the node is ready; a no-op when it runs
//	cluster down    stops it and removes what it put on the machine; the data stays
//	cluster status  tells each part's state, its restarts and why it ended last; fails when a part is not running
//	cluster run     what up starts in the background: the supervisor
//
// docs/cluster.md tells what the parts are and why each is set up as it is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes beside 1: another checkout's cluster is in the way.
const exitHeld = 4

func main() {
	if err := dispatch(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		var held *heldError
		if errors.As(err, &held) {
			os.Exit(exitHeld)
		}
		os.Exit(1)
	}
}

func dispatch(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: cluster up|down|status|run [flags]")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	var s settings
	flags.StringVar(&s.State, "state", "", "directory for the cluster's data")
	flags.StringVar(&s.Bin, "bin", "", "directory of the programs that cluster/build.sh builds")
	flags.StringVar(&s.Traefik, "traefik", "", "path of Traefik's binary")
	flags.StringVar(&s.PauseImage, "pause-image", "", "reference of the image that holds a pod's namespaces")
	flags.StringVar(&s.Owner, "owner", "", "checkout that the cluster belongs to")
	flags.StringVar(&s.DNSForward, "dns-forward", "", "where DNS asks for names outside the cluster; empty: nowhere")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	switch args[0] {
	case "up":
		return up(ctx, s)
	case "down":
		return down(s)
	case "status":
		return printStatus(os.Stdout)
	case "run":
		return run(ctx, s)
	}
	return fmt.Errorf("there is no command %q: up, down, status or run", args[0])
}
