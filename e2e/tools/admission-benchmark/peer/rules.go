package main

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	maxIDLength    = 51
	minMTU, maxMTU = 1280, 8920
	maxExplicit    = 2
	maxRanges      = 16
	maxAnnotations = 32
	maxAnnotation  = 4096
)

var secretKeyPattern = regexp.MustCompile(`^[-._a-zA-Z0-9]+$`)

// checkSpec has the rules on the object alone, those that Leafway's schema, CEL and webhook have.
func checkSpec(spec *ShortcutSpec) field.ErrorList {
	path := field.NewPath("spec")
	errs := checkClusters(path.Child("clusters"), spec.Clusters)
	if len(errs) > 0 {
		return errs
	}
	ids := []string{spec.Clusters[0].ID, spec.Clusters[1].ID}
	errs = append(errs, checkGateway(path.Child("gateway"), &spec.Gateway, ids)...)
	errs = append(errs, checkMapping(path.Child("ipMapping"), &spec.IPMapping, ids)...)
	errs = append(errs, checkEnum(path.Child("existing"), spec.Existing, "Refuse", "Observe", "Adopt")...)
	return append(errs, checkEnum(path.Child("deletionPolicy"), spec.DeletionPolicy, "Disconnect", "Orphan")...)
}

func checkClusters(path *field.Path, clusters []ClusterRef) field.ErrorList {
	if len(clusters) != 2 {
		return field.ErrorList{field.Invalid(path, len(clusters), "must be exactly two")}
	}
	var errs field.ErrorList
	for i := range clusters {
		at := path.Index(i)
		errs = append(errs, checkLabel(at.Child("id"), clusters[i].ID, maxIDLength)...)
		if ref := clusters[i].KubeconfigSecretRef; ref != nil {
			errs = append(errs, checkSecretRef(at.Child("kubeconfigSecretRef"), ref)...)
		}
	}
	if clusters[0].ID == clusters[1].ID {
		errs = append(errs, field.Duplicate(path.Index(1).Child("id"), clusters[1].ID))
	}
	return errs
}

func checkSecretRef(path *field.Path, ref *SecretRef) field.ErrorList {
	errs := checkLabel(path.Child("namespace"), ref.Namespace, validation.DNS1123LabelMaxLength)
	errs = append(errs, checkSubdomain(path.Child("name"), ref.Name)...)
	if ref.Key != "" && !secretKeyPattern.MatchString(ref.Key) {
		errs = append(errs, field.Invalid(path.Child("key"), ref.Key, "must be a key of a Secret"))
	}
	return errs
}

func checkGateway(path *field.Path, gateway *Gateway, ids []string) field.ErrorList {
	var errs field.ErrorList
	if gateway.Server != "" && gateway.Server != "Auto" && !slices.Contains(ids, gateway.Server) {
		errs = append(errs, field.NotSupported(path.Child("server"), gateway.Server, append([]string{"Auto"}, ids...)))
	}
	errs = append(errs, checkBounds(path.Child("mtu"), gateway.MTU, minMTU, maxMTU)...)
	errs = append(errs, checkService(path.Child("service"), &gateway.Service)...)
	if client := gateway.Client; client != nil {
		at := path.Child("client")
		if client.Address != nil && !isAddress(*client.Address) {
			errs = append(errs, checkSubdomain(at.Child("address"), *client.Address)...)
		}
		errs = append(errs, checkBounds(at.Child("port"), client.Port, 1, 65535)...)
	}
	errs = append(errs, checkTemplateRef(path.Child("serverTemplateRef"), gateway.ServerTemplateRef)...)
	return append(errs, checkTemplateRef(path.Child("clientTemplateRef"), gateway.ClientTemplateRef)...)
}

func checkService(path *field.Path, service *Service) field.ErrorList {
	errs := checkEnum(path.Child("type"), service.Type, "LoadBalancer", "NodePort", "ClusterIP")
	errs = append(errs, checkBounds(path.Child("port"), service.Port, 1, 65535)...)
	errs = append(errs, checkBounds(path.Child("nodePort"), service.NodePort, 30000, 32767)...)
	if service.NodePort != nil && service.Type == "ClusterIP" {
		errs = append(errs, field.Forbidden(path.Child("nodePort"), "a Service of type ClusterIP has no node port"))
	}
	if ip := service.LoadBalancerIP; ip != nil {
		if !isAddress(*ip) {
			errs = append(errs, field.Invalid(path.Child("loadBalancerIP"), *ip, "must be an IP address"))
		}
		if service.Type != "" && service.Type != "LoadBalancer" {
			errs = append(errs, field.Forbidden(path.Child("loadBalancerIP"), "only for the type LoadBalancer"))
		}
	}
	if len(service.Annotations) > maxAnnotations {
		errs = append(errs, field.TooMany(path.Child("annotations"), len(service.Annotations), maxAnnotations))
	}
	for key, value := range service.Annotations {
		if len(value) > maxAnnotation {
			errs = append(errs, field.TooLong(path.Child("annotations").Key(key), value, maxAnnotation))
		}
	}
	return errs
}

func checkTemplateRef(path *field.Path, ref *TemplateRef) field.ErrorList {
	if ref == nil {
		return nil
	}
	errs := checkSubdomain(path.Child("name"), ref.Name)
	if ref.Namespace != nil {
		errs = append(errs, checkLabel(path.Child("namespace"), *ref.Namespace, validation.DNS1123LabelMaxLength)...)
	}
	return errs
}

func checkMapping(path *field.Path, mapping *IPMapping, ids []string) field.ErrorList {
	errs := checkEnum(path.Child("policy"), mapping.Policy, "Auto", "Identity", "Explicit")
	at := path.Child("explicit")
	if isExplicit := mapping.Policy == "Explicit"; isExplicit != (len(mapping.Explicit) > 0) {
		errs = append(errs, field.Invalid(at, len(mapping.Explicit), "goes with the policy Explicit"))
	}
	if len(mapping.Explicit) > maxExplicit {
		return append(errs, field.TooMany(at, len(mapping.Explicit), maxExplicit))
	}
	for i := range mapping.Explicit {
		entry := &mapping.Explicit[i]
		if !slices.Contains(ids, entry.Cluster) {
			errs = append(errs, field.NotSupported(at.Index(i).Child("cluster"), entry.Cluster, ids))
		}
		if i > 0 && entry.Cluster == mapping.Explicit[0].Cluster {
			errs = append(errs, field.Duplicate(at.Index(i).Child("cluster"), entry.Cluster))
		}
		errs = append(errs, checkRanges(at.Index(i).Child("pod"), entry.Pod)...)
		errs = append(errs, checkRanges(at.Index(i).Child("external"), entry.External)...)
	}
	return errs
}

func checkRanges(path *field.Path, ranges []string) field.ErrorList {
	if len(ranges) > maxRanges {
		return field.ErrorList{field.TooMany(path, len(ranges), maxRanges)}
	}
	var errs field.ErrorList
	for i, text := range ranges {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			errs = append(errs, field.Invalid(path.Index(i), text, "must be an IP range in CIDR notation"))
		} else if prefix != prefix.Masked() {
			errs = append(errs, field.Invalid(path.Index(i), text, fmt.Sprintf("has host bits set: write %s", prefix.Masked())))
		}
	}
	return errs
}

func checkLabel(path *field.Path, text string, maxLength int) field.ErrorList {
	if len(text) > maxLength {
		return field.ErrorList{field.TooLong(path, text, maxLength)}
	}
	return invalid(path, text, validation.IsDNS1123Label(text))
}

func checkSubdomain(path *field.Path, text string) field.ErrorList {
	return invalid(path, text, validation.IsDNS1123Subdomain(text))
}

func invalid(path *field.Path, text string, messages []string) field.ErrorList {
	var errs field.ErrorList
	for _, message := range messages {
		errs = append(errs, field.Invalid(path, text, message))
	}
	return errs
}

func checkEnum(path *field.Path, text string, choices ...string) field.ErrorList {
	if text == "" || slices.Contains(choices, text) {
		return nil
	}
	return field.ErrorList{field.NotSupported(path, text, choices)}
}

func checkBounds(path *field.Path, value *int32, low, high int32) field.ErrorList {
	if value == nil || (*value >= low && *value <= high) {
		return nil
	}
	return field.ErrorList{field.Invalid(path, *value, fmt.Sprintf("must be from %d to %d", low, high))}
}

func isAddress(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Zone() == ""
}
