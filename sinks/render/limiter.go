package render

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

// What one execution of a template may take.
const (
	maxText  = 1 << 20         // bytes, of its output and of each text on the way
	maxSteps = 100_000         // turns of its loops, and templates it calls
	maxTime  = 5 * time.Second // much more than any that is not stuck
)

// ErrSlow is that a template took too long, which on a busy machine may pass.
var ErrSlow = errors.New("the template took longer than " + maxTime.String())

var errTooManySteps = fmt.Errorf("the template takes more than %d steps", maxSteps)

// meter bounds one execution: it is asked at every turn of a loop, in every
// template that is called and in every function that makes text.
type meter struct {
	steps int
	until time.Time
}

func (m *meter) begin() { m.steps, m.until = 0, time.Now().Add(maxTime) }

// step is the function that meterLoops puts into a template.
func (m *meter) step() (string, error) {
	if m.steps++; m.steps > maxSteps {
		return "", errTooManySteps
	}
	return "", m.late()
}

func (m *meter) late() error {
	if time.Now().After(m.until) {
		return ErrSlow
	}
	return nil
}

// text lets a text pass that is not too long.
func (m *meter) text(text string) (string, error) {
	if len(text) > maxText {
		return "", errTooLong
	}
	return text, m.late()
}

// printf is that of fmt, within bounds that it has before it works: a format can
// repeat its arguments.
func (m *meter) printf(format string, args ...any) (string, error) {
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

// stepFunction is the name of the meter's step in a template.
const stepFunction = "_step"

// meterLoops puts a call of the meter at the beginning of every template and of
// every loop, the only ways for a template to take long.
func meterLoops(t *template.Template) error {
	made, err := template.New("step").Funcs(functions(new(meter))).Parse("{{" + stepFunction + "}}")
	if err != nil {
		return err
	}
	step := made.Root.Nodes[0]
	for _, each := range t.Templates() {
		if each.Tree != nil {
			meterList(each.Root, step)
			prepend(each.Root, step)
		}
	}
	return nil
}

func prepend(list *parse.ListNode, step parse.Node) {
	list.Nodes = append([]parse.Node{step.Copy()}, list.Nodes...)
}

func meterList(list *parse.ListNode, step parse.Node) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.RangeNode:
			meterBranch(&n.BranchNode, step)
			prepend(n.List, step)
		case *parse.IfNode:
			meterBranch(&n.BranchNode, step)
		case *parse.WithNode:
			meterBranch(&n.BranchNode, step)
		}
	}
}

func meterBranch(b *parse.BranchNode, step parse.Node) {
	meterList(b.List, step)
	meterList(b.ElseList, step)
}
