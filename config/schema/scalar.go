package schema

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

// text returns the text of a single value with variables expanded.
func (d *decoder) text(node *yaml.Node, key string, f *Field, depth int) (string, bool) {
	at, alias := placeOf(node), node.Kind == yaml.AliasNode
	if node = d.follow(node, key, depth); node == nil {
		return "", false
	}
	switch {
	case tagged(node):
		d.report.AddAt(at, key, "the value begins with ! and so is a tag, which has no use here; put it in quotes")
		return "", false
	case node.Kind != yaml.ScalarNode:
		d.report.AddAt(at, key, "takes a single value, not a list or a map")
		return "", false
	case isNull(node):
		d.report.Add(key, "has no value; give it one or delete the line")
		return "", false
	}
	if alias {
		// The anchored value may be a secret even if this key's is not.
		d.report.sources[key] = "*" + node.Anchor
	}
	text, ok := d.expand(node.Value, at, key, f.Kind)
	if !ok {
		return "", false
	}
	if (f.Kind == KindBool || f.Kind == KindInt) && !plain(node) && text == node.Value {
		d.report.AddAt(at, key, "%s stands in quotes; write it without", d.report.Show(key, text))
		return "", false
	}
	return text, true
}

// expand expands the variables in a value.
func (d *decoder) expand(value string, at place, key string, kind Kind) (string, bool) {
	text, err := expand(value, d.env)
	if d.grown += len(text) - len(value); err == nil && d.grown > MaxFile {
		err = errGrown
	}
	if err == nil && text != value {
		d.report.sources[key] = value
	}
	if err == nil {
		return text, true
	}
	shown := "the value"
	if _, unset := err.(unsetError); unset { //nolint:errorlint // expand returns it bare
		d.report.AddAt(at, key, "%v", err)
		return "", false
	}
	if kind != KindSecret && kind != KindURL {
		shown = Quote(value)
	}
	d.report.AddAt(at, key, "%s %v", shown, err)
	return "", false
}

// unknownKey returns a suggestion for an unknown key.
func (d *decoder) unknownKey(key string, fields []Field) string {
	if !plainKey.MatchString(key) {
		return "something stands here in place of a key; check the colons and quotes"
	}
	var names []string
	for _, f := range fields {
		if slices.Contains(f.Also, key) {
			return fmt.Sprintf("there is no such key; did you mean `%s`?", f.Name)
		}
		names = append(names, f.Name)
		if f.Kind == KindSecret {
			names = append(names, f.Name+FileSuffix)
		}
	}
	if meant := suggest.Nearest(key, names); meant != "" {
		return fmt.Sprintf("there is no such key; did you mean `%s`?", meant)
	}
	if home := homeOf(d.root, "", key); home != "" {
		return fmt.Sprintf("there is no such key here; it belongs to %s", home)
	}
	slices.Sort(names)
	return fmt.Sprintf("there is no such key; the keys here are %s", Listed("and", slices.Compact(names)))
}
