package filter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

// Doubts returns the rules that are valid but probably mistaken, since no event matches
// them.
func Doubts(r Rules) []*Mistake {
	var all []*Mistake
	if len(r.States) > 0 && len(r.Types) > 0 && !slices.ContainsFunc(r.Types, func(t string) bool { return reaches(event.Type(t), r.States) }) {
		all = append(all, &Mistake{KeyStates, fmt.Sprintf("no event of the types %s has the state %s, so none passes",
			strings.Join(r.Types, ", "), strings.Join(r.States, " or "))})
	}
	c := &comparisons{}
	if _, err := expr.Compile(r.When, append(language(), expr.Patch(c))...); r.When == "" || err != nil {
		return all // New reports the mistake
	}
	return append(all, c.found...)
}

// reaches reports whether events of type t can have one of the states.
func reaches(t event.Type, states []string) bool {
	var own []string
	switch t {
	case event.TaskStateChange:
		own = taskStates()
	case event.BuildStateChange:
		own = []string{"BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"}
	}
	return slices.ContainsFunc(states, func(s string) bool { return slices.Contains(own, s) })
}

// comparisons finds texts that are compared with a state or a type but are not one.
type comparisons struct{ found []*Mistake }

// Visit implements ast.Visitor.
func (c *comparisons) Visit(node *ast.Node) {
	b, ok := (*node).(*ast.BinaryNode)
	if !ok {
		return
	}
	left, right := b.Left, b.Right
	if _, text := left.(*ast.StringNode); text {
		left, right = right, left
	}
	known, what := wordsOf(left)
	if known == nil {
		return
	}
	switch n := right.(type) {
	case *ast.StringNode:
		if b.Operator == "==" || b.Operator == "!=" {
			c.compare(n.Value, what, known)
		}
	case *ast.ArrayNode:
		for _, item := range n.Nodes {
			if text, ok := item.(*ast.StringNode); ok && b.Operator == "in" {
				c.compare(text.Value, what, known)
			}
		}
	}
}

func (c *comparisons) compare(text, what string, known []string) {
	if text == "" || slices.Contains(known, text) {
		return
	}
	c.found = append(c.found, &Mistake{KeyWhen, fmt.Sprintf("%q is not a %s%s", text, what, suggest.Meant(text, known))})
}

// wordsOf returns the values that a member of the event can have, nil for any value.
func wordsOf(node ast.Node) (known []string, what string) {
	name := ""
	switch n := node.(type) {
	case *ast.IdentifierNode:
		name = n.Value
	case *ast.MemberNode:
		if property, ok := n.Property.(*ast.StringNode); ok {
			name = "." + property.Value
		}
		if of, ok := n.Node.(*ast.IdentifierNode); ok && (of.Value == "alert" || of.Value == "campaign") {
			name = of.Value + name
		}
	}
	switch name {
	case "alert.state":
		return []string{string(event.AlertFiring), string(event.AlertResolved)}, "state of an alert"
	case "campaign.step":
		for _, step := range event.Steps() {
			known = append(known, string(step))
		}
		return known, "step of a campaign"
	case "new", "old", ".state":
		return stateNames(), "state"
	case "type":
		for _, t := range event.Types() {
			known = append(known, string(t))
		}
		return known, "type of event"
	}
	return nil, ""
}
