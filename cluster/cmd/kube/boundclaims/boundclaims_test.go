package boundclaims

import (
	"testing"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/kube-scheduler/framework"
)

func claim(namespace, volume string, phase v1.PersistentVolumeClaimPhase) *v1.PersistentVolumeClaim {
	return &v1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "data"},
		Spec: v1.PersistentVolumeClaimSpec{VolumeName: volume}, Status: v1.PersistentVolumeClaimStatus{Phase: phase}}
}

func podWithClaim() *v1.Pod {
	source := v1.VolumeSource{PersistentVolumeClaim: &v1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}
	return &v1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "store", Name: "database"},
		Spec: v1.PodSpec{Volumes: []v1.Volume{{Name: "scratch"}, {Name: "data", VolumeSource: source}}}}
}

func TestAPodWaitsOnlyWhileItsClaimIsHalfBound(t *testing.T) {
	cases := map[string]struct {
		claim *v1.PersistentVolumeClaim
		waits bool
	}{
		"bound":                      {claim("store", "pvc-1", v1.ClaimBound), false},
		"half bound":                 {claim("store", "pvc-1", v1.ClaimPending), true},
		"unbound":                    {claim("store", "", v1.ClaimPending), false},
		"lost":                       {claim("store", "pvc-1", v1.ClaimLost), false},
		"another's of the same name": {claim("other", "pvc-1", v1.ClaimPending), false},
	}
	for name, c := range cases {
		known := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
		if err := known.Add(c.claim); err != nil {
			t.Fatal(err)
		}
		plugin := &boundClaims{corelisters.NewPersistentVolumeClaimLister(known)}
		_, status := plugin.PreFilter(t.Context(), nil, podWithClaim(), nil)
		if waits := !status.IsSuccess(); waits != c.waits {
			t.Errorf("%s: waits %v, %v", name, waits, status)
		}
	}
}

func TestAPodIsTriedAgainWhenItsClaimIsBound(t *testing.T) {
	half, bound := claim("store", "pvc-1", v1.ClaimPending), claim("store", "pvc-1", v1.ClaimBound)
	beside := claim("store", "pvc-2", v1.ClaimBound)
	beside.Name = "another"
	cases := []struct {
		before, after *v1.PersistentVolumeClaim
		hint          framework.QueueingHint
	}{
		{claim("store", "", v1.ClaimPending), half, framework.QueueSkip},
		{half, bound, framework.Queue},
		{claim("other", "pvc-1", v1.ClaimPending), claim("other", "pvc-1", v1.ClaimBound), framework.QueueSkip},
		{beside, beside, framework.QueueSkip},
	}
	for _, c := range cases {
		if hint, err := becameBound(klog.Background(), podWithClaim(), c.before, c.after); err != nil || hint != c.hint {
			t.Errorf("%s/%s: %v, %v", c.after.Namespace, c.after.Status.Phase, hint, err)
		}
	}
}
