// Command volumes makes the node's directories into PersistentVolumes: the built-in cluster's default StorageClass.
// It runs on the node itself, so that a volume is one mkdir and its removal one rm -r, without a pod for each.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// provisionerName is what the StorageClass names (addons.yaml).
const provisionerName = "storewright.dev/local"

func main() {
	kubeconfig := flag.String("kubeconfig", "", "path of a kubeconfig")
	directory := flag.String("directory", "", "absolute path of the directory that holds the volumes")
	node := flag.String("node", "", "name of the node that the volumes are on")
	flag.Parse()
	if err := run(*kubeconfig, *directory, *node); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func run(kubeconfig, directory, node string) error {
	if !filepath.IsAbs(directory) || node == "" {
		return errors.New("--directory must be an absolute path, and --node is needed")
	}
	// Volumes are open to everybody who gets as far as them: nobody but root does. That of earlier versions was open.
	if err := makeDirectory(directory, 0o700); err != nil {
		return err
	}
	if err := spreadVolumes(directory); err != nil {
		fmt.Fprintf(os.Stderr, "volumes are not spread over the disk: %s: %v\n", directory, err)
	}
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
	controller.NewProvisionController(ctx, client, provisionerName, &provisioner{directory, node},
		controller.LeaderElection(false)).Run(ctx)
	return nil
}

// provisioner keeps a volume NAME in directory/NAME.
type provisioner struct{ directory, node string }

func (p *provisioner) Provision(_ context.Context, options controller.ProvisionOptions) (*v1.PersistentVolume, controller.ProvisioningState, error) {
	claim := options.PVC
	if claim.Spec.VolumeMode != nil && *claim.Spec.VolumeMode == v1.PersistentVolumeBlock {
		return nil, controller.ProvisioningFinished, errors.New("spec.volumeMode: only Filesystem is offered")
	}
	for _, mode := range claim.Spec.AccessModes {
		if mode == v1.ReadWriteMany || mode == v1.ReadOnlyMany {
			return nil, controller.ProvisioningFinished, fmt.Errorf("spec.accessModes: %s is not offered, only ReadWriteOnce and ReadWriteOncePod", mode)
		}
	}
	path, err := p.path(options.PVName)
	if err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	// Writable for whatever user the claim's pod runs as: fsGroup does not count for host paths.
	if err := makeDirectory(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	return p.volume(options, path), controller.ProvisioningFinished, nil
}

// makeDirectory gives it that mode whatever the umask, also if it is there already.
func makeDirectory(path string, mode os.FileMode) error {
	if err := os.MkdirAll(path, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

func (p *provisioner) volume(options controller.ProvisionOptions, path string) *v1.PersistentVolume {
	kind := v1.HostPathDirectory
	onNode := v1.NodeSelectorRequirement{Key: v1.LabelHostname, Operator: v1.NodeSelectorOpIn, Values: []string{p.node}}
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: v1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   options.PVC.Spec.AccessModes,
			VolumeMode:                    options.PVC.Spec.VolumeMode,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: options.PVC.Spec.Resources.Requests[v1.ResourceStorage]},
			PersistentVolumeSource:        v1.PersistentVolumeSource{HostPath: &v1.HostPathVolumeSource{Path: path, Type: &kind}},
			NodeAffinity: &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{
				NodeSelectorTerms: []v1.NodeSelectorTerm{{MatchExpressions: []v1.NodeSelectorRequirement{onNode}}}}},
		},
	}
}

func (p *provisioner) Delete(_ context.Context, volume *v1.PersistentVolume) error {
	path, err := p.path(volume.Name)
	if err != nil {
		return err
	}
	// What is removed is decided by the name alone, never by a path that somebody may have written into the object.
	return os.RemoveAll(path)
}

func (p *provisioner) path(volume string) (string, error) {
	if !strings.HasPrefix(volume, "pvc-") || strings.ContainsAny(volume, "/\x00") {
		return "", fmt.Errorf("the volume %q is not one of this provisioner's", volume)
	}
	return filepath.Join(p.directory, volume), nil
}
