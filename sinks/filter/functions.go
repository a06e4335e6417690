package filter

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// functions returns our own functions of expressions.
func functions() []expr.Option {
	return []expr.Option{
		expr.Function("glob", func(args ...any) (any, error) {
			return anyGlob(textsOf(args[1:]), args[0].(string)), nil
		}, new(func(string, string, ...string) bool)),
		expr.Function("one_of", func(args ...any) (any, error) {
			return slices.Contains(args[1:], args[0]), nil
		}, new(func(string, string, ...string) bool)),
		expr.Function("seconds", func(args ...any) (any, error) {
			return readSeconds(args[0].(string))
		}, new(func(string) float64)),
		expr.Function("between", func(args ...any) (any, error) {
			from, to := args[0].(time.Time), args[1].(time.Time)
			if from.IsZero() || to.IsZero() {
				return 0.0, nil
			}
			return to.Sub(from).Seconds(), nil
		}, new(func(time.Time, time.Time) float64)),
	}
}

func textsOf(args []any) []string {
	texts := make([]string, len(args))
	for i, arg := range args {
		texts[i] = arg.(string)
	}
	return texts
}

// readSeconds reads a duration like 90s, 1h30m or 7d.
func readSeconds(text string) (float64, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err == nil && n >= 0 && n < 1e6 {
			return n * 24 * 60 * 60, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a duration; write it like 90s, 10m, 1h30m or 7d", text)
	}
	return d.Seconds(), nil
}

// checker visits an expression before it is compiled. It reports mistakes that would
// otherwise surface at run time, and collects the names that the expression uses.
type checker struct {
	parts map[string]bool
	err   error
}

// Visit implements ast.Visitor.
func (c *checker) Visit(node *ast.Node) {
	var err error
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		c.parts[n.Value] = true
	case *ast.CallNode:
		err = c.call(node, n)
	case *ast.BinaryNode:
		if n.Operator == "matches" {
			err = checkPattern(n.Right)
		}
	}
	if err != nil && c.err == nil {
		c.err = err
	}
}

// call replaces seconds("10m") with its value.
func (c *checker) call(node *ast.Node, n *ast.CallNode) error {
	name, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || name.Value != "seconds" || len(n.Arguments) != 1 {
		return nil
	}
	text, ok := n.Arguments[0].(*ast.StringNode)
	if !ok {
		return errors.New(`seconds takes a text such as "10m"`)
	}
	value, err := readSeconds(text.Value)
	if err == nil {
		ast.Patch(node, &ast.FloatNode{Value: value})
	}
	return err
}

func checkPattern(node ast.Node) error {
	text, ok := node.(*ast.StringNode)
	if !ok {
		return errors.New("matches takes a regular expression in quotes, not the value of a member of the event")
	}
	if len(text.Value) > maxPattern {
		return fmt.Errorf("a regular expression is longer than %d bytes", maxPattern)
	}
	if _, err := regexp.Compile(text.Value); err != nil {
		return fmt.Errorf("%.60q is not a regular expression: %w", text.Value, err)
	}
	return nil
}
