// gitops-health says what GitOps tools make of objects: Argo CD by Lua scripts in the interpreter that it uses, and Flux by
// its own library, with the CEL expressions of a Kustomization and without any.
//
// Usage: gitops-health ARGOCD-CONFIGMAP.yaml FLUX-KUSTOMIZATION.yaml < objects.json
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

type opinion struct {
	ArgoCD  string `json:"argocd"`
	Message string `json:"message"`
	Flux    string `json:"flux"`
	Kstatus string `json:"kstatus"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(argoFile, fluxFile string) error {
	var argo struct {
		Data map[string]string `json:"data"`
	}
	var flux struct {
		Spec struct {
			HealthCheckExprs []kustomize.CustomHealthCheck `json:"healthCheckExprs"`
		} `json:"spec"`
	}
	if err := readYAML(argoFile, &argo); err != nil {
		return err
	}
	if err := readYAML(fluxFile, &flux); err != nil {
		return err
	}
	newReader, err := cel.NewStatusReader(flux.Spec.HealthCheckExprs)
	if err != nil {
		return err
	}
	reader := newReader(nil)
	var objects []json.RawMessage
	if err := json.NewDecoder(os.Stdin).Decode(&objects); err != nil {
		return err
	}
	opinions := make([]opinion, 0, len(objects))
	for _, text := range objects {
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(text); err != nil {
			return err
		}
		kind := object.GroupVersionKind()
		script, ok := argo.Data[fmt.Sprintf("resource.customizations.health.%s_%s", kind.Group, kind.Kind)]
		if !ok {
			return fmt.Errorf("%s: no script for %s", argoFile, kind)
		}
		health, message, err := runLua(script, object.Object)
		if err != nil {
			return fmt.Errorf("the script for %s: %w", kind.Kind, err)
		}
		// What cannot be evaluated yet is Unknown to Flux, and waited for.
		found, err := reader.ReadStatusForObject(context.Background(), nil, object)
		if err != nil {
			return err
		}
		alone, err := status.Compute(object)
		if err != nil {
			return err
		}
		opinions = append(opinions, opinion{health, message, string(found.Status), string(alone.Status)})
	}
	return json.NewEncoder(os.Stdout).Encode(opinions)
}

func readYAML(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, into)
}

// runLua gives a script what Argo CD gives it: the object as `obj`, and no library but those for tables and strings.
func runLua(script string, object map[string]any) (string, string, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable, lua.StringLibName: lua.OpenString,
	} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			return "", "", err
		}
	}
	state.SetGlobal("obj", toLua(state, object))
	if err := state.DoString(script); err != nil {
		return "", "", err
	}
	answer, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return "", "", fmt.Errorf("it returned %s instead of a table", state.Get(-1).Type())
	}
	return answer.RawGetString("status").String(), answer.RawGetString("message").String(), nil
}

func toLua(state *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case map[string]any:
		table := state.NewTable()
		for key, item := range typed {
			table.RawSetString(key, toLua(state, item))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, item := range typed {
			table.Append(toLua(state, item))
		}
		return table
	case string:
		return lua.LString(typed)
	case bool:
		return lua.LBool(typed)
	case int64:
		return lua.LNumber(typed)
	case float64:
		return lua.LNumber(typed)
	default:
		return lua.LNil
	}
}
