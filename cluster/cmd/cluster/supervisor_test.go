package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// observed reads the state file until the condition holds.
func observed(t *testing.T, file string, what string, condition func(clusterState) bool) clusterState {
	t.Helper()
	var state clusterState
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		content, err := os.ReadFile(file)
		if err == nil && json.Unmarshal(content, &state) == nil && condition(state) {
			return state
		}
	}
	t.Fatalf("%s did not happen; last seen: %+v", what, state)
	return state
}

func start(t *testing.T, all []part) (file string, stop func()) {
	t.Helper()
	s := settings{State: t.TempDir(), Owner: "test"}
	if err := os.Mkdir(s.path("log"), 0o755); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(s.State, "state.json")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		newSupervisor(s, file).keepAll(ctx, all)
	}()
	return file, func() { cancel(); <-done }
}

func lasting(name string, after ...string) part {
	return part{name: name, after: after, args: []string{"/bin/sleep", "1000"}, ready: runs()}
}

func TestAPartThatEndsIsNamedAndStartedAgain(t *testing.T) {
	failing := part{name: "failing", args: []string{"/bin/sh", "-c", "exit 3"}, ready: runs()}
	file, stop := start(t, []part{failing})
	defer stop()
	state := observed(t, file, "a second end", func(c clusterState) bool { return c.Parts["failing"].Restarts >= 2 })
	if why := state.Parts["failing"].LastEnd; !strings.Contains(why, "exit status 3") {
		t.Errorf("it ended with status 3, the state says %q", why)
	}
}

func TestAKilledPartIsStartedAgain(t *testing.T) {
	file, stop := start(t, []part{lasting("steady")})
	defer stop()
	first := observed(t, file, "being ready", func(c clusterState) bool { return c.Parts["steady"].State == "ready" })
	process, err := os.FindProcess(first.Parts["steady"].PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	again := observed(t, file, "being ready again", func(c clusterState) bool {
		return c.Parts["steady"].State == "ready" && c.Parts["steady"].Restarts == 1
	})
	if !strings.Contains(again.Parts["steady"].LastEnd, "killed") {
		t.Errorf("it was killed, the state says %q", again.Parts["steady"].LastEnd)
	}
}

func TestAPartWaitsForThoseItComesAfter(t *testing.T) {
	never := lasting("never")
	never.ready = func(context.Context) error { return errors.New("not yet") }
	file, stop := start(t, []part{never, lasting("later", "never")})
	defer stop()
	observed(t, file, "the first one starting", func(c clusterState) bool { return c.Parts["never"].State == "starting" })
	state := observed(t, file, "a look at the second", func(c clusterState) bool { return c.Parts["later"].State != "" })
	if state.Parts["later"].State != "waiting" {
		t.Errorf("it is %s before what it waits for is ready", state.Parts["later"].State)
	}
}

func TestStoppingEndsEveryProcess(t *testing.T) {
	file, stop := start(t, []part{lasting("one"), lasting("two", "one")})
	state := observed(t, file, "both being ready", func(c clusterState) bool {
		return c.Parts["one"].State == "ready" && c.Parts["two"].State == "ready"
	})
	stop()
	for name, part := range state.Parts {
		if !missing(fmt.Sprintf("/proc/%d", part.PID)) {
			t.Errorf("%s still runs as process %d", name, part.PID)
		}
	}
}

func TestAHaltedPartEndsAtOnce(t *testing.T) {
	file, stop := start(t, []part{lasting("halted")})
	state := observed(t, file, "its start", func(c clusterState) bool { return c.Parts["halted"].State == "ready" })
	if err := syscall.Kill(state.Parts["halted"].PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	stop()
	if took := time.Since(began); took >= stopGrace {
		t.Errorf("stopping it took %s, the grace of a part that does not react", took)
	}
}

func TestOnlyASupervisorIsTakenForOne(t *testing.T) {
	for line, want := range map[string]bool{
		"cluster\x00run\x00--state=/x":          true,
		"/opt/bin/cluster\x00run\x00":           true,
		"cluster\x00up\x00":                     false,
		"vim\x00cluster\x00run\x00":             false,
		"/opt/bin/supercluster\x00run\x00--a=b": false,
	} {
		if got := isSupervisor([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
