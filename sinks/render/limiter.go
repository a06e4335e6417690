package render

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

// Bounds of one execution of a template.
const (
	maxText  = 1 << 20         // bytes of the output, and of each intermediate text
	maxSteps = 100_000         // loop iterations and calls of templates
	maxTime  = 5 * time.Second // much longer than a sensible template takes
)

// ErrSlow reports that a template took too long. On a busy machine a retry may succeed.
var ErrSlow = errors.New("the template took longer than " + maxTime.String())

var errTooManySteps = fmt.Errorf("the template takes more than %d steps", maxSteps)

// limiter bounds one execution of a template. It is called in every loop iteration, in
// every called template and in every function that produces text.
type limiter struct {
	steps int
	until time.Time
}

func (m *limiter) begin() { m.steps, m.until = 0, time.Now().Add(maxTime) }

// step is the function that limitLoops adds to a template.
func (m *limiter) step() (string, error) {
	if m.steps++; m.steps > maxSteps {
		return "", errTooManySteps
	}
	return "", m.late()
}

func (m *limiter) late() error {
	if time.Now().After(m.until) {
		return ErrSlow
	}
	return nil
}

// text returns text, or an error if it is too long or time has run out.
func (m *limiter) text(text string) (string, error) {
	if len(text) > maxText {
		return "", errTooLong
	}
	return text, m.late()
}

// printf is a bounded fmt.Sprintf. It estimates the length before it formats, since a
// format can repeat its arguments.
func (m *limiter) printf(format string, args ...any) (string, error) {
	longest := 1
	for _, a := range args {
		longest = max(longest, len(fmt.Sprint(a)))
	}
	if verbs := strings.Count(format, "%"); verbs > maxVerbs || verbs*longest > maxText {
		return "", errTooLong
	}
	return m.text(fmt.Sprintf(format, args...))
}

// maxVerbs bounds the verbs of one format, since each may have a width of up to a million.
const maxVerbs = 100

// stepFunction names the limiter's step in templates.
const stepFunction = "_step"

// limitLoops adds a call of the limiter to the beginning of every template and every loop
// body: only recursion and loops can make a template run for long.
func limitLoops(t *template.Template) error {
	made, err := template.New("step").Funcs(functions(new(limiter))).Parse("{{" + stepFunction + "}}")
	if err != nil {
		return err
	}
	step := made.Root.Nodes[0]
	for _, each := range t.Templates() {
		if each.Tree != nil {
			limitList(each.Root, step)
			prepend(each.Root, step)
		}
	}
	return nil
}

func prepend(list *parse.ListNode, step parse.Node) {
	list.Nodes = append([]parse.Node{step.Copy()}, list.Nodes...)
}

func limitList(list *parse.ListNode, step parse.Node) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.RangeNode:
			limitBranch(&n.BranchNode, step)
			prepend(n.List, step)
		case *parse.IfNode:
			limitBranch(&n.BranchNode, step)
		case *parse.WithNode:
			limitBranch(&n.BranchNode, step)
		}
	}
}

func limitBranch(b *parse.BranchNode, step parse.Node) {
	limitList(b.List, step)
	limitList(b.ElseList, step)
}
