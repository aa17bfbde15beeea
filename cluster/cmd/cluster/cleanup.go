package main

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const podGrace = 10 * time.Second

// stopPods asks every container to end, so that databases close their files, and waits for it up to the grace.
func stopPods() {
	ctr := func(args ...string) ([]byte, error) {
		return exec.Command("ctr", append([]string{"--address", containerdSock, "--namespace", "k8s.io"}, args...)...).Output()
	}
	list, err := ctr("tasks", "list", "--quiet")
	if err != nil {
		return
	}
	// kubelet would start what ends: it goes first. The supervisor, being asked to end right after, does not bring it back.
	if running, err := readState(); err == nil && running != nil {
		if pid := running.Parts["kubelet"].PID; pid > 0 {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
	}
	for task := range strings.FieldsSeq(string(list)) {
		_, _ = ctr("tasks", "kill", "--signal", "SIGTERM", task)
	}
	for deadline := time.Now().Add(podGrace); time.Now().Before(deadline); time.Sleep(checkInterval) {
		if list, err := ctr("tasks", "list"); err != nil || !bytes.Contains(list, []byte("RUNNING")) {
			return
		}
	}
}

// cleanUp removes whatever a cluster with its data in one of the directories leaves on the machine when it ends, cleanly or not; the data
// stays.
func cleanUp(states ...string) {
	killLeftovers()
	unmountUnder(runDir)
	for _, state := range states {
		unmountUnder(state)
	}
	tearDownNetwork()
	removeControlGroups()
	_ = os.RemoveAll(runDir)
}

// killLeftovers ends the shims of our containerd and, through their control groups, what runs in the containers.
func killLeftovers() {
	for _, pid := range processes(func(commandLine []byte) bool {
		return bytes.Contains(commandLine, []byte("containerd-shim-runc-v2")) && bytes.Contains(commandLine, []byte(containerdSock))
	}) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	for _, group := range podControlGroups() {
		content, err := os.ReadFile(filepath.Join(group, "cgroup.procs"))
		if err != nil {
			continue
		}
		for word := range strings.FieldsSeq(string(content)) {
			if pid, err := strconv.Atoi(word); err == nil {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
}

func processes(matches func(commandLine []byte) bool) []int {
	var found []int
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if content, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline")); err == nil && matches(content) {
			found = append(found, pid)
		}
	}
	return found
}

// controlGroupRoots are kubelet's cgroupRoot (kubelet.yaml) in each hierarchy: one a controller with v1, one in all with v2.
func controlGroupRoots() []string {
	if !missing("/sys/fs/cgroup/cgroup.controllers") {
		return []string{"/sys/fs/cgroup/storewright"}
	}
	hierarchies, _ := filepath.Glob("/sys/fs/cgroup/*")
	roots := make([]string, 0, len(hierarchies))
	for _, hierarchy := range hierarchies {
		roots = append(roots, filepath.Join(hierarchy, "storewright"))
	}
	return roots
}

// makeControlGroups: kubelet wants its root there before it starts.
func makeControlGroups() error {
	for _, root := range controlGroupRoots() {
		if err := os.MkdirAll(root, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// podControlGroups are those that kubelet makes for pods, the deepest first.
func podControlGroups() []string {
	var groups []string
	for _, root := range controlGroupRoots() {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
	}
	slices.Reverse(groups)
	return groups
}

// removeControlGroups waits for the killed processes to leave them.
func removeControlGroups() {
	for deadline := time.Now().Add(podGrace); time.Now().Before(deadline); time.Sleep(checkInterval) {
		left := false
		for _, group := range podControlGroups() {
			left = syscall.Rmdir(group) != nil || left
		}
		if !left {
			return
		}
	}
}

// unmountUnder unmounts everything below the directory, the newest mount first.
func unmountUnder(directory string) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return
	}
	defer file.Close()
	var points []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) > 4 && strings.HasPrefix(fields[4], directory+"/") {
			points = append(points, fields[4])
		}
	}
	slices.Reverse(points)
	for _, point := range points {
		_ = syscall.Unmount(point, syscall.MNT_DETACH)
	}
}
