package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var groupVersion = schema.GroupVersion{Group: "leafway.dev", Version: "v1alpha1"}

// VirtualNodeShortcut is the kind as a Go operator would declare it; optional fields are pointers only where absent
// differs from empty.
type VirtualNodeShortcut struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ShortcutSpec   `json:"spec"`
	Status ShortcutStatus `json:"status,omitempty"`
}

type ShortcutSpec struct {
	Clusters       []ClusterRef `json:"clusters"`
	Gateway        Gateway      `json:"gateway,omitempty"`
	IPMapping      IPMapping    `json:"ipMapping,omitempty"`
	Existing       string       `json:"existing,omitempty"`
	DeletionPolicy string       `json:"deletionPolicy,omitempty"`
	Paused         bool         `json:"paused,omitempty"`
}

type ClusterRef struct {
	ID                  string     `json:"id"`
	KubeconfigSecretRef *SecretRef `json:"kubeconfigSecretRef,omitempty"`
}

type SecretRef struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Key       string `json:"key,omitempty"`
}

type Gateway struct {
	Server            string       `json:"server,omitempty"`
	Service           Service      `json:"service,omitempty"`
	Client            *Client      `json:"client,omitempty"`
	ServerTemplateRef *TemplateRef `json:"serverTemplateRef,omitempty"`
	ClientTemplateRef *TemplateRef `json:"clientTemplateRef,omitempty"`
	MTU               *int32       `json:"mtu,omitempty"`
}

type Service struct {
	Type           string            `json:"type,omitempty"`
	Port           *int32            `json:"port,omitempty"`
	NodePort       *int32            `json:"nodePort,omitempty"`
	LoadBalancerIP *string           `json:"loadBalancerIP,omitempty"`
	Annotations    map[string]string `json:"annotations,omitempty"`
}

type Client struct {
	Address *string `json:"address,omitempty"`
	Port    *int32  `json:"port,omitempty"`
}

type TemplateRef struct {
	Namespace *string `json:"namespace,omitempty"`
	Name      string  `json:"name"`
}

type IPMapping struct {
	Policy   string            `json:"policy,omitempty"`
	Explicit []ExplicitMapping `json:"explicit,omitempty"`
}

type ExplicitMapping struct {
	Cluster  string   `json:"cluster"`
	Pod      []string `json:"pod,omitempty"`
	External []string `json:"external,omitempty"`
}

type ShortcutStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Phase              string             `json:"phase,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

// DeepCopyObject implements runtime.Object.
func (in *VirtualNodeShortcut) DeepCopyObject() runtime.Object {
	out := &VirtualNodeShortcut{TypeMeta: in.TypeMeta}
	in.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	out.Spec = in.Spec.deepCopy()
	out.Status = in.Status
	out.Status.Conditions = append([]metav1.Condition(nil), in.Status.Conditions...)
	return out
}

func (in ShortcutSpec) deepCopy() ShortcutSpec {
	out := in
	out.Clusters = append([]ClusterRef(nil), in.Clusters...)
	for i := range out.Clusters {
		out.Clusters[i].KubeconfigSecretRef = clone(out.Clusters[i].KubeconfigSecretRef)
	}
	out.Gateway.MTU = clone(in.Gateway.MTU)
	out.Gateway.ServerTemplateRef = clone(in.Gateway.ServerTemplateRef)
	out.Gateway.ClientTemplateRef = clone(in.Gateway.ClientTemplateRef)
	out.Gateway.Client = clone(in.Gateway.Client)
	out.Gateway.Service.Port = clone(in.Gateway.Service.Port)
	out.Gateway.Service.NodePort = clone(in.Gateway.Service.NodePort)
	out.Gateway.Service.LoadBalancerIP = clone(in.Gateway.Service.LoadBalancerIP)
	if in.Gateway.Service.Annotations != nil {
		out.Gateway.Service.Annotations = make(map[string]string, len(in.Gateway.Service.Annotations))
		for key, value := range in.Gateway.Service.Annotations {
			out.Gateway.Service.Annotations[key] = value
		}
	}
	out.IPMapping.Explicit = append([]ExplicitMapping(nil), in.IPMapping.Explicit...)
	return out
}

// clone copies what a pointer of plain values points to.
func clone[T any](in *T) *T {
	if in == nil {
		return nil
	}
	out := *in
	return &out
}
