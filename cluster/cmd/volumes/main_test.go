package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestOnlyItsOwnVolumesAreRemoved(t *testing.T) {
	p := &provisioner{directory: t.TempDir(), node: "n"}
	inside := filepath.Join(p.directory, "pvc-1")
	if err := makeDirectory(inside, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../pvc-1", "other", "pvc-1/..", ""} {
		if err := p.Delete(context.Background(), &v1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}}); err == nil {
			t.Errorf("%q was taken for a volume of ours", name)
		}
	}
	elsewhere := t.TempDir()
	volume := &v1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "pvc-1"},
		Spec: v1.PersistentVolumeSpec{PersistentVolumeSource: v1.PersistentVolumeSource{HostPath: &v1.HostPathVolumeSource{Path: elsewhere}}}}
	if err := p.Delete(context.Background(), volume); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(inside); !os.IsNotExist(err) {
		t.Error("the volume is still there")
	}
	if _, err := os.Stat(elsewhere); err != nil {
		t.Error("a path that the object names was removed")
	}
}

func TestVolumesAreSpreadOverTheDiskWhereTheFileSystemCan(t *testing.T) {
	directory := t.TempDir()
	var of unix.Statfs_t
	if err := unix.Statfs(directory, &of); err != nil {
		t.Fatal(err)
	}
	if of.Type != unix.EXT4_SUPER_MAGIC {
		t.Skip("not on ext4")
	}
	for range 2 { // as at each start
		if err := spreadVolumes(directory); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Open(directory)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if flags, err := unix.IoctlGetInt(int(file.Fd()), unix.FS_IOC_GETFLAGS); err != nil || flags&topOfHierarchies == 0 {
		t.Errorf("the flags are %#x, %v", flags, err)
	}
}

func TestNobodyElseGetsAsFarAsTheVolumes(t *testing.T) {
	parent := t.TempDir()
	open := filepath.Join(parent, "of-an-earlier-version")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, directory := range []string{open, filepath.Join(parent, "new")} {
		if err := makeDirectory(directory, 0o700); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(directory); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", directory, info.Mode(), err)
		}
	}
}
