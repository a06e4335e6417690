package filter

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/file"

	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

var (
	unknownName  = regexp.MustCompile(`^unknown name (\w+)$`)
	unknownField = regexp.MustCompile(`^type \*?(?:filter\.)?(\w+) has no field (\w+)$`)
	ofView       = regexp.MustCompile(`\*?filter\.\w+`)
)

// explain rewrites a compiler error in terms of the event's members, without the names of
// Go types.
func explain(text string, err error) error {
	wrong, ok := errors.AsType[*file.Error](err)
	if !ok {
		return err
	}
	message := wrong.Message
	if m := unknownName.FindStringSubmatch(message); m != nil {
		message = "there is no " + m[1] + suggest.Meant(m[1], append(membersOf(reflect.TypeFor[eventView]()), callable()...))
	} else if m := unknownField.FindStringSubmatch(message); m != nil {
		message = noMember(m[1], m[2])
	}
	if strings.Contains(message, `Operator("=")`) {
		message = `= is not a comparison; write == and put texts in quotes, as in new == "FAILED"`
	}
	message = ofView.ReplaceAllString(message, "object")
	return fmt.Errorf("%s, at %s", message, placeIn(text, wrong))
}

// noMember returns the message about an unknown member of an object.
func noMember(view, member string) string {
	object, t := objectOf(view)
	if t == nil {
		return view + " has no members, so no " + member
	}
	members := membersOf(t)
	if hint := suggest.Meant(member, members); hint != "" {
		return object + " has no " + member + hint
	}
	slices.Sort(members)
	return fmt.Sprintf("%s has no %s; it has %s", object, member, strings.Join(members, ", "))
}

// objectOf returns the type of the view with a Go name, and what expressions call it.
func objectOf(name string) (string, reflect.Type) {
	if name == reflect.TypeFor[refView]().Name() {
		return "this object", reflect.TypeFor[refView]()
	}
	for f := range reflect.TypeFor[eventView]().Fields() {
		if t := f.Type; t.Kind() == reflect.Pointer && t.Elem().Name() == name {
			return f.Tag.Get("expr"), t.Elem()
		}
	}
	return "", nil
}

// membersOf returns the names of the members of an object.
func membersOf(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("expr"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func callable() []string { return append(builtins(), "glob", "one_of", "seconds", "between") }

// placeIn describes the position of an error in the expression.
func placeIn(text string, at *file.Error) string {
	if strings.Contains(text, "\n") {
		return fmt.Sprintf("line %d, character %d of the expression", at.Line, at.Column+1)
	}
	return fmt.Sprintf("character %d of the expression", at.Column+1)
}
