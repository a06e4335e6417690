package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"reflect"
	"strconv"
	"strings"
)

// model is the event's JSON.
type model struct {
	schema  string   // its name
	objects []object // the event first, each object before those it contains
	values  map[string][]string
	structs map[string]*ast.StructType
}

// object is one object of the JSON.
type object struct {
	name    string // like "task"; the prefix of its Go names
	goType  string // in package event
	members []member
}

// member is one member of an object.
type member struct {
	name     string // in the JSON
	field    string // its Go name
	from, to string // what it is written from and read into; to is "" if it is not read
	doc      string
	example  string
	schema   []string // constraints
	required bool
	kind     kind
}

// sources returns the files with the declarations.
func sources() []string {
	return []string{"event/event.go", "event/campaign.go", "event/alert.go", "event/internal/schema/parts.go"}
}

// load reads the declarations.
func load(module fs.FS) (*model, error) {
	m := &model{values: make(map[string][]string), structs: make(map[string]*ast.StructType)}
	for _, name := range sources() {
		text, err := fs.ReadFile(module, name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		m.declarations(file)
	}
	err := m.object("Event")
	return m, err
}

// declarations records the structs and the constants of each type. Structs of the last
// file replace those of the others.
func (m *model) declarations(file *ast.File) {
	for node := range ast.Preorder(file) {
		switch spec := node.(type) {
		case *ast.TypeSpec:
			if s, ok := spec.Type.(*ast.StructType); ok {
				m.structs[spec.Name.Name] = s
			}
		case *ast.ValueSpec:
			if len(spec.Values) != 1 {
				continue
			}
			text, ok := spec.Values[0].(*ast.BasicLit)
			if !ok || text.Kind != token.STRING {
				continue
			}
			value, _ := strconv.Unquote(text.Value) // it was parsed
			if spec.Type != nil {
				kind := types.ExprString(spec.Type)
				m.values[kind] = append(m.values[kind], value)
			} else if spec.Names[0].Name == "Schema" {
				m.schema = value
			}
		}
	}
}

// object adds the object of a Go type, and the objects it contains.
func (m *model) object(goType string) error {
	name := goType[strings.LastIndexByte(goType, '.')+1:]
	declared := m.structs[name]
	if declared == nil {
		return fmt.Errorf("kinds.go does not know %s, and there is no struct for it", goType)
	}
	o := object{name: strings.ToLower(name), goType: goType}
	var inner []string
	for _, f := range declared.Fields.List {
		if f.Tag == nil {
			continue
		}
		member, err := m.member(f)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if member.kind.object != "" {
			inner = append(inner, member.kind.object)
		}
		o.members = append(o.members, member)
	}
	m.objects = append(m.objects, o)
	for _, t := range inner {
		if err := m.object(t); err != nil {
			return err
		}
	}
	return nil
}

func (m *model) member(f *ast.Field) (member, error) {
	field := f.Names[0].Name
	text, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return member{}, fmt.Errorf("%s: its tag: %w", field, err)
	}
	tag := reflect.StructTag(text)
	made := member{
		name: tag.Get("json"), field: field, from: tag.Get("from"), to: tag.Get("to"), example: tag.Get("example"),
		doc: strings.Join(strings.Fields(f.Doc.Text()), " "),
	}
	if made.from == "" {
		made.from, made.to = field, field
	}
	if options, ok := tag.Lookup("schema"); ok {
		made.schema = strings.Split(options, ",")
	}
	if len(made.schema) > 0 && made.schema[0] == "required" {
		made.required, made.schema = true, made.schema[1:]
	}
	if made.doc == "" {
		made.doc = map[string]string{"id": "Koji's number of it.", "url": "Its page of kojiweb."}[made.name]
	}
	if made.doc == "" {
		return made, fmt.Errorf("%s has no comment to describe it", field)
	}
	made.kind, err = m.kindOf(types.ExprString(f.Type), made.name)
	if err != nil {
		return made, fmt.Errorf("%s: %w", field, err)
	}
	return made, nil
}
