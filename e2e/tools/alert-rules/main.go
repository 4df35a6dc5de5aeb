// alert-rules tries alerting rules on invented series, with the rules and the query engine of Prometheus itself. promtool's
// `test rules` does the same, and takes many times as long to build for all that Prometheus can discover targets with.
//
// Usage: alert-rules RULES.yaml < situations.json
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

// situation is a number of series in the notation of Prometheus' own tests, a sample each minute, and a moment.
type situation struct {
	Series    []string `json:"series"`
	AtMinutes int      `json:"atMinutes"`
}

type alert struct {
	Name        string            `json:"name"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string) error {
	promQL := parser.NewParser(parser.Options{})
	groups, errs := rulefmt.ParseFile(file, false, model.UTF8Validation, promQL, slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		return fmt.Errorf("%s: %v", file, errs)
	}
	var situations []situation
	if err := json.NewDecoder(os.Stdin).Decode(&situations); err != nil {
		return err
	}
	answers := make([][]alert, 0, len(situations))
	for _, given := range situations {
		firing, err := try(groups, promQL, given)
		if err != nil {
			return err
		}
		answers = append(answers, firing)
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

// try evaluates all rules each minute until the moment, and returns what fires then.
func try(groups *rulefmt.RuleGroups, promQL parser.Parser, given situation) ([]alert, error) {
	input := "load 1m\n"
	for _, series := range given.Series {
		input += "  " + series + "\n"
	}
	loader, err := promqltest.NewLazyLoader(input, promqltest.LazyLoaderOpts{})
	if err != nil {
		return nil, err
	}
	defer loader.Close()
	query := rules.EngineQueryFunc(loader.QueryEngine(), loader.Storage())
	firing := []alert{}
	for _, group := range groups.Groups {
		for _, definition := range group.Rules {
			expression, err := promQL.ParseExpr(definition.Expr)
			if err != nil {
				return nil, err
			}
			rule := rules.NewAlertingRule(definition.Alert, expression, time.Duration(definition.For), 0,
				labels.FromMap(definition.Labels), labels.FromMap(definition.Annotations), labels.EmptyLabels(), "", true,
				slog.New(slog.DiscardHandler))
			for minute := 0; minute <= given.AtMinutes; minute++ {
				at := time.Unix(int64(minute)*60, 0)
				var evalErr error
				loader.WithSamplesTill(at, func(err error) {
					if evalErr = err; err == nil {
						_, evalErr = rule.Eval(context.Background(), 0, at, query, nil, 0)
					}
				})
				if evalErr != nil {
					return nil, fmt.Errorf("%s: %w", definition.Alert, evalErr)
				}
			}
			for _, active := range rule.ActiveAlerts() {
				if active.State == rules.StateFiring {
					firing = append(firing, alert{definition.Alert, active.Labels.Map(), active.Annotations.Map()})
				}
			}
		}
	}
	return firing, nil
}
