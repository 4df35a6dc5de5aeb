// kind-config reads a configuration of kind as kind does: with its own types, and no field that they do not have.
//
// Usage: kind-config < cluster.yaml
package main

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
)

func main() {
	var cluster v1alpha4.Cluster
	decoder := yaml.NewDecoder(os.Stdin)
	decoder.KnownFields(true)
	if err := decoder.Decode(&cluster); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s %s, %d nodes, pods %s\n", cluster.APIVersion, cluster.Kind, len(cluster.Nodes), cluster.Networking.PodSubnet)
}
