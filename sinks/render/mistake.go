package render

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

var (
	noFunction = regexp.MustCompile(`function "([^"]*)" not defined`)
	noEntry    = regexp.MustCompile(`no entry for key "([^"]*)"`)
)

// unknownFunction adds a suggestion to an error about an unknown function.
func unknownFunction(err error) error {
	if m := noFunction.FindStringSubmatch(err.Error()); m != nil {
		return errors.New(err.Error() + suggest.Meant(m[1], functionNames()))
	}
	return err
}

// unknownName adds a suggestion to an error about an unknown name.
func unknownName(err error, shape object) error {
	if err == nil {
		return nil
	}
	if m := noEntry.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%w%s", err, suggest.Meant(m[1], allNames(shape)))
	}
	return err
}

// allNames returns the names of the members of all objects.
func allNames(of object) []string {
	names := slices.Sorted(maps.Keys(of))
	for _, v := range of {
		if inner, ok := v.(object); ok {
			names = append(names, allNames(inner)...)
		}
	}
	return names
}

// checkNames reports names that no event has, in all branches of a template, wherever the
// dot or $ is the event itself.
func checkNames(t *template.Template, shape object) error {
	c := &checker{tree: t.Tree, shape: shape}
	if t.Tree != nil {
		c.list(t.Root, true)
	}
	return errors.Join(c.errs...)
}

// checker walks a template. In its methods whole means that the dot is the event.
type checker struct {
	tree  *parse.Tree
	shape object
	errs  []error
}

func (c *checker) list(l *parse.ListNode, whole bool) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			c.pipe(n.Pipe, whole)
		case *parse.TemplateNode:
			c.pipe(n.Pipe, whole)
		case *parse.IfNode:
			c.branch(&n.BranchNode, whole, whole)
		case *parse.WithNode:
			c.branch(&n.BranchNode, whole, false)
		case *parse.RangeNode:
			c.branch(&n.BranchNode, whole, false)
		}
	}
}

func (c *checker) branch(b *parse.BranchNode, whole, inside bool) {
	c.pipe(b.Pipe, whole)
	c.list(b.List, inside)
	c.list(b.ElseList, whole)
}

func (c *checker) pipe(p *parse.PipeNode, whole bool) {
	if p == nil {
		return
	}
	for _, cmd := range p.Cmds {
		for _, arg := range cmd.Args {
			switch arg := arg.(type) {
			case *parse.PipeNode:
				c.pipe(arg, whole)
			case *parse.FieldNode:
				if whole {
					c.path(arg, arg.Ident)
				}
			case *parse.VariableNode:
				if arg.Ident[0] == "$" {
					c.path(arg, arg.Ident[1:])
				}
			}
		}
	}
}

// path checks a chain of names that begins at the event.
func (c *checker) path(at parse.Node, names []string) {
	in := c.shape
	for i, name := range names {
		v, ok := in[name]
		if !ok {
			where, _ := c.tree.ErrorContext(at)
			c.errs = append(c.errs, fmt.Errorf("template: %s: there is no .%s%s",
				where, strings.Join(names[:i+1], "."), suggest.Meant(name, slices.Sorted(maps.Keys(in)))))
			return
		}
		if in, ok = v.(object); !ok || name == raw {
			return // the rest is checked when the template is executed
		}
	}
}
