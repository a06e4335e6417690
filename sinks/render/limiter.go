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
	maxText  = 1 << 20         // bytes, of its output and of each text on the way
	maxSteps = 100_000         // passes of its loops, and templates it calls
	maxTime  = 5 * time.Second // much more than any that is not stuck
)

// ErrSlow reports that a template took too long. On a busy machine that may pass.
var ErrSlow = errors.New("the template took longer than " + maxTime.String())

var errTooManySteps = fmt.Errorf("the template takes more than %d steps", maxSteps)

// limiter bounds one execution. It is asked on every pass of a loop, in every
// template that is called and in every function that makes text.
type limiter struct {
	steps int
	until time.Time
}

func (m *limiter) begin() { m.steps, m.until = 0, time.Now().Add(maxTime) }

// step is the function that limitLoops puts into a template.
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

// text returns a text that is not too long, an error for others.
func (m *limiter) text(text string) (string, error) {
	if len(text) > maxText {
		return "", errTooLong
	}
	return text, m.late()
}

// printf is fmt.Sprintf within bounds, which it checks before it formats: a format
// can repeat its arguments.
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

// maxVerbs bounds what printf formats at once, each to a width of up to a million.
const maxVerbs = 100

// stepFunction names the limiter's step in templates.
const stepFunction = "_step"

// limitLoops puts a call of the limiter at the beginning of every template and of
// every loop, the only ways for a template to take long.
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
