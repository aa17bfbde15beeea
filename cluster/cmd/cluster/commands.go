package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

const (
	upDeadline   = 3 * time.Minute
	downDeadline = 2 * time.Minute // stopping is bounded by the parts' graces; this is for what nobody thought of
)

// heldError says that another checkout's cluster runs on this machine.
type heldError struct{ owner string }

func (e *heldError) Error() string {
	return fmt.Sprintf("the cluster of another checkout runs on this machine and holds its ports: %s\n"+
		"  to free them: make -C %s down", e.owner, e.owner)
}

// isSupervisor recognises the command line (NUL-separated) of `cluster run`.
func isSupervisor(commandLine []byte) bool {
	words := bytes.Split(commandLine, []byte{0})
	return len(words) > 1 && filepath.Base(string(words[0])) == "cluster" && string(words[1]) == "run"
}

func up(ctx context.Context, s settings) error {
	if err := s.check(); err != nil {
		return err
	}
	state, err := readState()
	if err != nil {
		return err
	}
	if state.alive() && state.Owner != s.Owner {
		return &heldError{state.Owner}
	}
	if state.alive() && state.Bin != s.Bin {
		fmt.Fprintln(os.Stderr, "  other programs than those that run: starting anew")
		if err := down(s); err != nil {
			return err
		}
		state = nil
	}
	if !state.alive() {
		// An unclean end, of this checkout's cluster or another's, may have left processes, mounts and rules behind.
		cleanUp(append(lastStates(state), s.State)...)
		if err := prepare(s); err != nil {
			return err
		}
		if err := startSupervisor(s); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, upDeadline)
	defer cancel()
	return awaitCluster(ctx, s)
}

func prepare(s settings) error {
	for _, dir := range []string{runDir, s.State, s.path("log"), s.path("log", "pods"), s.path("config"), s.path("cni"), s.path("kubelet")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	// etcd insists on 0700.
	for _, dir := range []string{s.path("etcd"), s.path("containerd")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := makeControlGroups(); err != nil {
		return err
	}
	if err := writePKI(s); err != nil {
		return err
	}
	if err := writeConfiguration(s); err != nil {
		return err
	}
	return setUpNetwork(s)
}

func startSupervisor(s settings) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	output, err := openLog(s.path("log", "cluster.log"))
	if err != nil {
		return err
	}
	defer output.Close()
	command := exec.Command(self, "run", "--state="+s.State, "--bin="+s.Bin, "--traefik="+s.Traefik, "--pause-image="+s.PauseImage,
		"--owner="+s.Owner, "--dns-forward="+s.DNSForward)
	command.Args[0] = "cluster"
	command.Dir = "/"
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return err
	}
	return command.Process.Release()
}

// awaitCluster waits until every part is ready, the add-ons' objects are there and the node takes pods, and tells each part as it comes.
func awaitCluster(ctx context.Context, s settings) error {
	began := time.Now()
	told := map[string]bool{}
	wanted := parts(s)
	var last error
	for {
		state, err := readState()
		if err != nil {
			return err
		}
		waiting := ""
		for _, p := range wanted {
			if !state.alive() || state.Parts[p.name].State != "ready" {
				if waiting == "" {
					waiting = describe(state, p)
				}
				continue
			}
			if !told[p.name] {
				told[p.name] = true
				fmt.Fprintf(os.Stderr, "  %-24s ready after %4.1f s\n", p.name, time.Since(began).Seconds())
			}
		}
		if told["kube-apiserver"] && !told["add-ons"] {
			if last = applyAddOns(s); last == nil {
				told["add-ons"] = true
			}
		}
		if waiting == "" && told["add-ons"] {
			if last = nodeReady(ctx, s); last == nil {
				fmt.Fprintf(os.Stderr, "  %-24s ready after %4.1f s\n", "node "+nodeName, time.Since(began).Seconds())
				return nil
			}
			waiting = "node " + nodeName
		}
		select {
		case <-time.After(checkInterval):
		case <-ctx.Done():
			return fmt.Errorf("the cluster is not up after %s: waiting for %s%s; its logs are in %s", upDeadline, waiting, because(last), s.path("log"))
		}
	}
}

// describe tells of a part that is not ready why, as far as it is known.
func describe(state *clusterState, p part) string {
	if state == nil || state.Parts[p.name].LastEnd == "" {
		return p.name
	}
	of := state.Parts[p.name]
	return fmt.Sprintf("%s, which ended %d times, last: %s; see log/%s.log", p.name, of.Restarts, of.LastEnd, p.name)
}

func applyAddOns(s settings) error {
	if err := removeOutdatedClass(s); err != nil {
		return err
	}
	return command(s.program("kubectl"), "--kubeconfig="+s.kubeconfig("admin"), "apply", "--server-side", "--force-conflicts",
		"--field-manager=storewright-cluster", "-f", s.path("config", "addons.yaml"))
}

// removeOutdatedClass makes room for a StorageClass whose binding mode is another than an earlier version gave it: that cannot be
// changed. Volumes and claims go by the class's name and stay as they are; what is claimed while there is none gets the next.
func removeOutdatedClass(s settings) error {
	kubectl := []string{"--kubeconfig=" + s.kubeconfig("admin"), "--request-timeout=5s"}
	get := append(kubectl, "get", "storageclass", "local", "--ignore-not-found", "-o", "jsonpath={.volumeBindingMode}")
	mode, err := exec.Command(s.program("kubectl"), get...).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("looking at the StorageClass local: %w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil || len(mode) == 0 || string(mode) == "Immediate" {
		return err
	}
	return command(s.program("kubectl"), append(kubectl, "delete", "storageclass", "local")...)
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return " (" + err.Error() + ")"
}

// nodeReady waits a moment for the node's Ready condition.
func nodeReady(ctx context.Context, s settings) error {
	return exec.CommandContext(ctx, s.program("kubectl"), "--kubeconfig="+s.kubeconfig("admin"), "wait", "--for=condition=Ready",
		"node/"+nodeName, "--timeout=5s").Run()
}

func down(s settings) error {
	state, err := readState()
	if err != nil {
		return err
	}
	if state.alive() {
		if s.Owner != "" && state.Owner != s.Owner {
			return &heldError{state.Owner}
		}
		stopPods()
		if err := syscall.Kill(state.PID, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		for deadline := time.Now().Add(downDeadline); state.alive(); time.Sleep(checkInterval) {
			if time.Now().After(deadline) {
				return fmt.Errorf("the cluster's supervisor (process %d) did not end within %s", state.PID, downDeadline)
			}
		}
	}
	cleanUp(lastStates(state)...)
	return nil
}

// lastStates are the data directories of the cluster that ran here last, if any is known.
func lastStates(state *clusterState) []string {
	if state == nil {
		return nil
	}
	return []string{state.State}
}

func printStatus(to io.Writer) error {
	state, err := readState()
	if err != nil {
		return err
	}
	if !state.alive() {
		return errors.New("no cluster runs on this machine: make up starts one")
	}
	fmt.Fprintf(to, "cluster of %s, data in %s\n", state.Owner, state.State)
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PART\tSTATE\tPID\tRESTARTS\tENDED LAST")
	names := make([]string, 0, len(state.Parts))
	for name := range state.Parts {
		names = append(names, name)
	}
	slices.Sort(names)
	var broken []string
	for _, name := range names {
		p := state.Parts[name]
		ended := "-"
		if p.LastEnd != "" {
			ended = p.EndedAt.Format(time.RFC3339) + ": " + p.LastEnd
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\n", name, p.State, p.PID, p.Restarts, ended)
		if p.State != "ready" {
			broken = append(broken, name)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(broken) > 0 {
		return fmt.Errorf("not ready: %v; see their logs in %s/log", broken, state.State)
	}
	return nil
}
