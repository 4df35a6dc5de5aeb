package main

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// shortcutWebhook judges VirtualNodeShortcuts by the rules on the object alone and one look-up of the pair.
type shortcutWebhook struct {
	// owners has the name of the shortcut of each pair, by pairKey.
	owners map[string]string
}

func pairKey(a, b string) string {
	if a > b {
		a, b = b, a
	}
	return a + "/" + b
}

// ValidateCreate implements admission.Validator.
func (w *shortcutWebhook) ValidateCreate(_ context.Context, shortcut *VirtualNodeShortcut) (admission.Warnings, error) {
	return w.validate(shortcut)
}

// ValidateUpdate implements admission.Validator.
func (w *shortcutWebhook) ValidateUpdate(_ context.Context, old, shortcut *VirtualNodeShortcut) (admission.Warnings, error) {
	if shortcut.DeletionTimestamp != nil {
		err := field.Forbidden(field.NewPath("spec"), "the object is being deleted")
		return nil, invalidShortcut(shortcut, field.ErrorList{err})
	}
	return w.validate(shortcut)
}

// ValidateDelete implements admission.Validator.
func (w *shortcutWebhook) ValidateDelete(context.Context, *VirtualNodeShortcut) (admission.Warnings, error) {
	return nil, nil
}

func (w *shortcutWebhook) validate(shortcut *VirtualNodeShortcut) (admission.Warnings, error) {
	errs := checkSpec(&shortcut.Spec)
	if len(errs) == 0 {
		a, b := shortcut.Spec.Clusters[0].ID, shortcut.Spec.Clusters[1].ID
		if owner, taken := w.owners[pairKey(a, b)]; taken && owner != shortcut.Name {
			message := fmt.Sprintf("the VirtualNodeShortcut %q links %s and %s already", owner, a, b)
			errs = append(errs, field.Invalid(field.NewPath("spec", "clusters"), strings.Join([]string{a, b}, ", "), message))
		}
	}
	if len(errs) > 0 {
		return nil, invalidShortcut(shortcut, errs)
	}
	return planWarnings(&shortcut.Spec), nil
}

func invalidShortcut(shortcut *VirtualNodeShortcut, errs field.ErrorList) error {
	return apierrors.NewInvalid(groupVersion.WithKind("VirtualNodeShortcut").GroupKind(), shortcut.Name, errs)
}

// planWarnings are as many lines of the same length as Leafway's plan has.
func planWarnings(spec *ShortcutSpec) admission.Warnings {
	server, client := spec.Clusters[0].ID, spec.Clusters[1].ID
	if spec.Gateway.Server == client {
		server, client = client, server
	}
	warnings := admission.Warnings{
		fmt.Sprintf("%s runs the gateway server, %s the client: it comes first in the order of the names", server, client),
	}
	for _, side := range [][2]string{{server, client}, {client, server}} {
		warnings = append(warnings,
			fmt.Sprintf("seen from %s, %s's pods will be %s (own %s)", side[0], side[1], "10.68.0.0/16", "10.244.0.0/16"),
			fmt.Sprintf("seen from %s, %s's external range will be %s (own %s)", side[0], side[1], "10.71.0.0/16", "10.70.0.0/16"),
		)
	}
	return warnings
}

// Default implements admission.Defaulter.
func (w *shortcutWebhook) Default(_ context.Context, shortcut *VirtualNodeShortcut) error {
	spec := &shortcut.Spec
	for i := range spec.Clusters {
		if ref := spec.Clusters[i].KubeconfigSecretRef; ref != nil {
			fill(&ref.Key, "kubeconfig")
		}
	}
	fill(&spec.Gateway.Server, "Auto")
	fill(&spec.Gateway.Service.Type, "LoadBalancer")
	fillPointer(&spec.Gateway.Service.Port, 51840)
	fillPointer(&spec.Gateway.MTU, 1340)
	fill(&spec.IPMapping.Policy, "Auto")
	fill(&spec.Existing, "Refuse")
	fill(&spec.DeletionPolicy, "Disconnect")
	return nil
}

func fill(text *string, value string) {
	if *text == "" {
		*text = value
	}
}

func fillPointer(number **int32, value int32) {
	if *number == nil {
		*number = &value
	}
}
