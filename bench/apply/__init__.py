"""What it costs to bring stores into the cluster: Storewright's controller beside `helm install` and a floor, on one control plane.

See docs/performance.md. Run by scripts/bench.sh."""
