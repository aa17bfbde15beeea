package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestOnlyItsOwnVolumesAreRemoved(t *testing.T) {
	p := &provisioner{directory: t.TempDir(), node: "n"}
	inside := filepath.Join(p.directory, "pvc-1")
	if err := makeDirectory(inside); err != nil {
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
