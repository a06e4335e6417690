package filter

import (
	"fmt"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
	"github.com/kojiwatch/kojiwatch/event"
)

// Bounds of an expression.
const (
	maxLength  = 4096   // bytes
	maxNodes   = 500    // of its syntax tree
	maxMemory  = 10_000 // elements that one evaluation may make
	maxPattern = 1024   // bytes of a regular expression
)

// expression holds a compiled condition. It is safe for concurrent use.
type expression struct {
	program *vm.Program
	parts   map[string]bool // top-level names of the view that it uses
	states  sync.Pool       // of *state
}

// state holds the memory of one evaluation.
type state struct {
	vm   vm.VM
	view eventView
}

// compile compiles a condition and checks it against the members of the event.
func compile(text string) (*expression, error) {
	if len(text) > maxLength {
		return nil, fmt.Errorf("is longer than %d bytes", maxLength)
	}
	c := &checker{parts: make(map[string]bool)}
	program, err := expr.Compile(text, append(language(), expr.Patch(c))...)
	if c.err != nil {
		return nil, c.err
	}
	if err != nil {
		return nil, explain(text, err)
	}
	x := &expression{program: program, parts: c.parts}
	x.states.New = func() any { return &state{vm: vm.VM{MemoryBudget: maxMemory}, view: newEventView()} }
	return x, nil
}

// language returns the options that define the language of expressions: operators, a few
// of the library's functions, and our own.
func language() []expr.Option {
	options := []expr.Option{expr.Env(&eventView{}), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins()}
	for _, name := range builtins() {
		options = append(options, expr.EnableBuiltin(name))
	}
	return append(options, functions()...)
}

func builtins() []string {
	return []string{"len", "lower", "upper", "trim", "any", "all", "none", "one", "count"}
}

// holds evaluates the condition for an event.
func (x *expression) holds(e *event.Event, people *People) (bool, error) {
	s := x.states.Get().(*state)
	defer x.states.Put(s)
	s.view.fill(e, people, x.parts)
	out, err := s.vm.Run(x.program, &s.view)
	if err != nil {
		return false, err
	}
	return out.(bool), nil
}

// conjuncts splits a condition at its outermost ands.
func conjuncts(node ast.Node) []ast.Node {
	if b, ok := node.(*ast.BinaryNode); ok && (b.Operator == "and" || b.Operator == "&&") {
		return append(conjuncts(b.Left), conjuncts(b.Right)...)
	}
	return []ast.Node{node}
}
