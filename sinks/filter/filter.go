package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/expr-lang/expr/parser"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

// Filter decides by a sink's rules which events it gets. It is safe for concurrent
// use.
type Filter struct {
	rules  []rule
	people *People
	text   string // the source of when
	when   *expression
	counts map[string]*atomic.Uint64
	failed atomic.Uint64
}

// Mistake is an error in one key of the rules.
type Mistake struct {
	Key     string // of the rules, with the index in a list: types[1]
	Message string
}

// Error returns the key and the message.
func (m *Mistake) Error() string { return m.Key + ": " + m.Message }

// New returns a filter. The error joins a *Mistake for each invalid rule.
func New(r Rules, people People) (*Filter, error) {
	var wrong []error
	complain := func(key, format string, args ...any) {
		wrong = append(wrong, &Mistake{key, fmt.Sprintf(format, args...)})
	}
	checkTypes(r.Types, complain)
	checkStates(r.States, complain)
	f := &Filter{people: &people, text: r.When, rules: r.rules(&people), counts: make(map[string]*atomic.Uint64)}
	for _, key := range Keys() {
		f.counts[key] = new(atomic.Uint64)
	}
	if r.When != "" {
		var err error
		if f.when, err = compile(r.When); err != nil {
			complain(KeyWhen, "%v", err)
		}
	}
	return f, errors.Join(wrong...)
}

func checkTypes(types []string, complain func(key, format string, args ...any)) {
	known := make([]string, 0, len(event.Types()))
	for _, t := range event.Types() {
		known = append(known, string(t))
	}
	checkWords(KeyTypes, "type of event", types, known, complain)
}

func checkStates(states []string, complain func(key, format string, args ...any)) {
	checkWords(KeyStates, "state", states, stateNames(), complain)
}

func taskStates() []string {
	return []string{"FREE", "OPEN", "CLOSED", "CANCELED", "ASSIGNED", "FAILED"}
}

// stateNames returns the states of tasks and builds. Events about repositories have no
// states.
func stateNames() []string {
	return append(taskStates(), "BUILDING", "COMPLETE", "DELETED")
}

func checkWords(key, what string, words, known []string, complain func(key, format string, args ...any)) {
	for i, word := range words {
		if slices.Contains(known, word) {
			continue
		}
		hint := "; there are " + strings.Join(known, ", ")
		for _, k := range known {
			if strings.EqualFold(k, word) {
				hint = "; did you mean " + k + "?"
			}
		}
		if near := suggest.Meant(word, known); near != "" && !strings.Contains(hint, "mean") {
			hint = near
		}
		complain(fmt.Sprintf("%s[%d]", key, i), "%.60q is not a %s%s", word, what, hint)
	}
}

// Empty reports whether every event passes.
func (f *Filter) Empty() bool { return len(f.rules) == 0 && f.when == nil }

// Pass reports whether an event fits every rule, and counts the events that do not.
func (f *Filter) Pass(e *event.Event) bool {
	for i := range f.rules {
		if !f.rules[i].fits(e) {
			f.counts[f.rules[i].key].Add(1)
			return false
		}
	}
	if f.when == nil {
		return true
	}
	ok, err := f.when.holds(e, f.people)
	if err != nil {
		f.failed.Add(1)
	}
	if !ok {
		f.counts[KeyWhen].Add(1)
	}
	return ok
}

// Turned returns how many events each key has rejected.
func (f *Filter) Turned() map[string]uint64 {
	counts := make(map[string]uint64, len(f.counts))
	for key, n := range f.counts {
		counts[key] = n.Load()
	}
	return counts
}

// Failed returns how often evaluating the expression failed, for example because a list
// was too short or too much memory was needed. Such an expression counts as false.
func (f *Filter) Failed() uint64 { return f.failed.Load() }

// Verdict is the reason why a filter rejected an event.
type Verdict struct {
	Key    string // of the rule that rejected it; "" if it passes
	Clause string // for when: the part of the expression that is false
	Err    error  // why the expression could not be evaluated
}

// Explain returns the rule that rejects an event. Unlike Pass it does not count.
func (f *Filter) Explain(e *event.Event) Verdict {
	for _, r := range f.rules {
		if !r.fits(e) {
			return Verdict{Key: r.key}
		}
	}
	if f.when == nil {
		return Verdict{}
	}
	ok, err := f.when.holds(e, f.people)
	if ok {
		return Verdict{}
	}
	return Verdict{Key: KeyWhen, Clause: f.clause(e), Err: err}
}

// clause returns the first operand of the expression's outermost ands that is false.
func (f *Filter) clause(e *event.Event) string {
	tree, err := parser.Parse(f.text)
	if err != nil {
		return f.text
	}
	for _, part := range conjuncts(tree.Node) {
		x, err := compile(part.String())
		if err != nil {
			return f.text
		}
		if ok, _ := x.holds(e, f.people); !ok {
			return part.String()
		}
	}
	return f.text
}
