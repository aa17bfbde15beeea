package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	checkInterval = 100 * time.Millisecond
	readyDeadline = 120 * time.Second // of one part; what it waits for is not counted
	firstBackoff  = time.Second
	lastBackoff   = 30 * time.Second
	calmAfter     = time.Minute // a part that ran so long starts its back-off anew
	stopGrace     = 10 * time.Second
	logLimit      = 64 << 20 // a part's log is set aside beyond this size when the part starts
)

// partState is what `cluster status` shows of a part.
type partState struct {
	State    string    `json:"state"` // waiting, starting, ready, ended
	PID      int       `json:"pid,omitempty"`
	Restarts int       `json:"restarts"`
	LastEnd  string    `json:"lastEnd,omitempty"` // why it ended last
	EndedAt  time.Time `json:"endedAt"`
}

// clusterState is the content of the state file: who runs here, and how.
type clusterState struct {
	PID   int                  `json:"pid"`
	Owner string               `json:"owner"`
	State string               `json:"state"` // the data's directory
	Bin   string               `json:"bin"`
	Parts map[string]partState `json:"parts"`
}

// supervisor starts the parts in order, watches them and starts them again.
type supervisor struct {
	settings settings
	file     string // where the state is written
	mutex    sync.Mutex
	state    clusterState
	ready    map[string]chan struct{} // closed when the part has been ready once
}

// run is the supervisor's whole life: until ctx ends.
func run(ctx context.Context, s settings) error {
	if err := s.check(); err != nil {
		return err
	}
	v := newSupervisor(s, stateFile())
	v.keepAll(ctx, parts(s))
	return os.Remove(v.file)
}

func newSupervisor(s settings, file string) *supervisor {
	return &supervisor{settings: s, file: file, ready: map[string]chan struct{}{},
		state: clusterState{PID: os.Getpid(), Owner: s.Owner, State: s.State, Bin: s.Bin, Parts: map[string]partState{}}}
}

// keepAll has every part running until ctx ends.
func (v *supervisor) keepAll(ctx context.Context, all []part) {
	for _, p := range all {
		v.ready[p.name] = make(chan struct{})
		v.update(p.name, func(state *partState) { state.State = "waiting" })
	}
	// Stopping goes the other way round than starting: nobody loses the one it talks to before itself.
	stops := make([]context.CancelFunc, len(all))
	gone := make([]chan struct{}, len(all))
	for i, p := range all {
		var own context.Context
		own, stops[i] = context.WithCancel(context.Background())
		gone[i] = make(chan struct{})
		go func() {
			defer close(gone[i])
			v.keep(own, p)
		}()
	}
	<-ctx.Done()
	log.Print("stopping")
	for i := len(all) - 1; i >= 0; i-- {
		stops[i]()
		<-gone[i]
	}
}

func (v *supervisor) update(name string, change func(*partState)) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	state := v.state.Parts[name]
	change(&state)
	v.state.Parts[name] = state
	content, err := json.MarshalIndent(v.state, "", "  ")
	if err == nil {
		err = writeWhole(v.file, content, 0o644)
	}
	if err != nil {
		log.Printf("writing the state file: %v", err)
	}
}

// keep has the part running until ctx ends.
func (v *supervisor) keep(ctx context.Context, p part) {
	for _, earlier := range p.after {
		select {
		case <-v.ready[earlier]:
		case <-ctx.Done():
			return
		}
	}
	backoff := firstBackoff
	for {
		began := time.Now()
		why := v.once(ctx, p)
		if ctx.Err() != nil {
			v.update(p.name, func(s *partState) { s.State, s.PID = "ended", 0 })
			return
		}
		if time.Since(began) > calmAfter {
			backoff = firstBackoff
		}
		log.Printf("%s ended after %s: %s; starting it again in %s (its log: %s)", p.name, time.Since(began).Round(time.Second), why,
			backoff, v.logPath(p))
		v.update(p.name, func(s *partState) {
			s.State, s.PID, s.LastEnd, s.EndedAt = "ended", 0, why, time.Now()
			s.Restarts++
		})
		select {
		case <-time.After(backoff):
		case <-ctx.Done():
			return
		}
		backoff = min(2*backoff, lastBackoff)
	}
}

func (v *supervisor) logPath(p part) string { return v.settings.path("log", p.name+".log") }

// once runs the part's process to its end and says why it ended.
func (v *supervisor) once(ctx context.Context, p part) string {
	// PR_SET_PDEATHSIG counts for the thread that forked: it has to live as long as the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	output, err := openLog(v.logPath(p))
	if err != nil {
		return err.Error()
	}
	defer output.Close()
	command := exec.Command(p.args[0], p.args[1:]...)
	command.Env = p.environment()
	command.Dir = v.settings.State
	command.Stdout, command.Stderr = output, output
	// A part must not outlive its supervisor, nor get the terminal's signals.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return err.Error()
	}
	v.update(p.name, func(s *partState) { s.State, s.PID = "starting", command.Process.Pid })
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	watch, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go v.awaitReady(watch, p)
	select {
	case err := <-done:
		if err == nil {
			return "it exited with 0"
		}
		return err.Error()
	case <-ctx.Done():
		stop(command, done)
		return "stopped"
	}
}

// stop asks the process to end and, after the grace, ends it. A process that stopPods has halted acts on no signal until it is continued.
func stop(command *exec.Cmd, done <-chan error) {
	_ = command.Process.Signal(syscall.SIGTERM)
	_ = command.Process.Signal(syscall.SIGCONT)
	select {
	case <-done:
	case <-time.After(stopGrace):
		_ = command.Process.Kill()
		<-done
	}
}

func (v *supervisor) awaitReady(ctx context.Context, p part) {
	began := time.Now()
	for warned := false; ; {
		err := p.ready(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			v.update(p.name, func(s *partState) { s.State = "ready" })
			log.Printf("%s is ready after %.1f s", p.name, time.Since(began).Seconds())
			v.announce(p.name)
			return
		}
		if !warned && time.Since(began) > readyDeadline {
			warned = true
			log.Printf("%s is not ready after %s: %v (its log: %s)", p.name, readyDeadline, err, v.logPath(p))
		}
		select {
		case <-time.After(checkInterval):
		case <-ctx.Done():
			return
		}
	}
}

func (v *supervisor) announce(name string) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	select {
	case <-v.ready[name]:
	default:
		close(v.ready[name])
	}
}

func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
}

func stateFile() string { return runDir + "/cluster.json" }

// readState returns the state of the cluster on this machine; nil when none is running, whatever an unclean end left behind.
func readState() (*clusterState, error) {
	content, err := os.ReadFile(stateFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var state clusterState
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", stateFile(), err)
	}
	return &state, nil
}

// alive tells whether the supervisor that wrote the state still runs; a process number may have been given to another program since.
func (c *clusterState) alive() bool {
	if c == nil || c.PID <= 0 {
		return false
	}
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", c.PID))
	return err == nil && isSupervisor(content)
}
