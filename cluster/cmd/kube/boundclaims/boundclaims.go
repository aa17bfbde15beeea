// Package boundclaims is a plugin of kube-scheduler. It keeps a pod from being scheduled between the two writes by which a claim is bound:
// its spec, by which the scheduler goes, and then its status, by which kubelet goes. A kubelet that has the pod earlier finds the claim
// "not bound", and does not come back to the pod for 10 to 15 seconds (kubelet's backOffPeriod). files/scheduler.yaml enables it.
package boundclaims

import (
	"context"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/klog/v2"
	"k8s.io/kube-scheduler/framework"
)

type boundClaims struct {
	claims corelisters.PersistentVolumeClaimLister
}

// Name is the plugin's in the scheduler's configuration.
const Name = "BoundClaims"

var (
	_ framework.PreFilterPlugin   = &boundClaims{}
	_ framework.EnqueueExtensions = &boundClaims{}
	_ framework.SignPlugin        = &boundClaims{}
)

// New makes the plugin.
func New(_ context.Context, _ runtime.Object, handle framework.Handle) (framework.Plugin, error) {
	return &boundClaims{handle.SharedInformerFactory().Core().V1().PersistentVolumeClaims().Lister()}, nil
}

func (*boundClaims) Name() string { return Name }

// PreFilter leaves claims that are missing, or bound to nothing yet, to the scheduler's own plugin.
func (b *boundClaims) PreFilter(_ context.Context, _ framework.CycleState, pod *v1.Pod, _ []framework.NodeInfo) (*framework.PreFilterResult, *framework.Status) {
	for _, name := range claimNames(pod) {
		claim, err := b.claims.PersistentVolumeClaims(pod.Namespace).Get(name)
		if err == nil && isHalfBound(claim) {
			return nil, framework.NewStatus(framework.UnschedulableAndUnresolvable, "the PersistentVolumeClaim "+claim.Name+" is being bound")
		}
	}
	return nil, nil
}

func (*boundClaims) PreFilterExtensions() framework.PreFilterExtensions { return nil }

// claimNames are those of the pod's own volumes too, whose claims are named after pod and volume.
func claimNames(pod *v1.Pod) []string {
	var names []string
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		} else if volume.Ephemeral != nil {
			names = append(names, pod.Name+"-"+volume.Name)
		}
	}
	return names
}

func isHalfBound(claim *v1.PersistentVolumeClaim) bool {
	return claim.Spec.VolumeName != "" && claim.Status.Phase == v1.ClaimPending
}

func (b *boundClaims) EventsToRegister(context.Context) ([]framework.ClusterEventWithHint, error) {
	changed := framework.ClusterEvent{Resource: framework.PersistentVolumeClaim, ActionType: framework.Update}
	return []framework.ClusterEventWithHint{{Event: changed, QueueingHintFn: becameBound}}, nil
}

func becameBound(_ klog.Logger, pod *v1.Pod, _, after any) (framework.QueueingHint, error) {
	claim, known := after.(*v1.PersistentVolumeClaim)
	if known && (claim.Namespace != pod.Namespace || !slices.Contains(claimNames(pod), claim.Name) || isHalfBound(claim)) {
		return framework.QueueSkip, nil
	}
	return framework.Queue, nil
}

// SignPod tells apart pods that are decided upon differently: those of other volumes.
func (*boundClaims) SignPod(_ context.Context, pod *v1.Pod) ([]framework.SignFragment, *framework.Status) {
	return []framework.SignFragment{{Key: framework.VolumesSignerName, Value: framework.VolumesSigner(pod)}}, nil
}
