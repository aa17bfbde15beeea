package main
import (_ "sigs.k8s.io/kube-network-policies/pkg/networkpolicy")
func main(){}
