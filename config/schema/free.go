package schema

import (
	"errors"
	"math"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// argumentName matches the name of an argument: as in an AMQP table, it has at most 128
// bytes and begins with a letter (AMQP 0-9-1, 4.2.5.5).
var argumentName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.:-]{0,127}$`)

// free returns a value of any type: text, bool, int64, float64, []any or map[string]any. It
// reports a missing or invalid value, and returns nil.
func (d *decoder) free(node *yaml.Node, key string, depth int) any {
	at := placeOf(node)
	if node = d.follow(node, key, depth); node == nil {
		return nil
	}
	switch {
	case tagged(node):
		d.report.AddAt(at, key, "the value begins with ! and so is a tag, which has no use here; put it in quotes")
	case isNull(node):
		d.report.AddAt(at, key, "has no value; give it one or delete the line")
	case node.Kind == yaml.MappingNode:
		return d.freeMap(node, key, depth)
	case node.Kind == yaml.SequenceNode:
		values := make([]any, 0, len(node.Content))
		for i, child := range node.Content {
			d.report.places[Item(key, i)] = placeOf(child)
			values = append(values, d.free(child, Item(key, i), depth+1))
		}
		return values
	default:
		return d.freeScalar(node, at, key)
	}
	return nil
}

func (d *decoder) freeMap(node *yaml.Node, key string, depth int) any {
	values := map[string]any{}
	for _, p := range d.pairs(node, key, depth) {
		if !argumentName.MatchString(p.key) {
			d.report.AddAt(p.at, key, "an argument's name is a letter, then letters, digits and any of _.:- (128 characters at most)")
			continue
		}
		name := Join(key, p.key)
		d.report.places[name] = valuePlace(p)
		values[p.key] = d.free(p.value, name, depth+1)
	}
	return values
}

// freeScalar converts a value to the type that YAML gives it, after expanding variables.
func (d *decoder) freeScalar(node *yaml.Node, at place, key string) any {
	text, ok := d.expand(node.Value, at, key, KindFree)
	if !ok {
		return nil
	}
	if !plain(node) {
		return text
	}
	value, err := readScalar(text)
	if err != nil {
		d.report.AddAt(at, key, "%s %v", d.report.Show(key, text), err)
	}
	return value
}

var errNumber = errors.New("is a number that is not decimal or too large; put it in quotes if it is text")

// readScalar converts an unquoted value to the type that YAML gives it, if RabbitMQ has such
// a type. Other values, such as dates, are text.
func readScalar(text string) (any, error) {
	var seen any
	if err := (&yaml.Node{Kind: yaml.ScalarNode, Value: text}).Decode(&seen); err != nil {
		return text, nil //nolint:nilerr // anything else is text
	}
	switch seen := seen.(type) {
	case bool:
		return seen, nil
	case int, int64, uint64:
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !wholeNumber.MatchString(text) {
			return nil, errNumber
		}
		return number, nil
	case float64:
		if math.IsNaN(seen) || math.IsInf(seen, 0) || wholeNumber.MatchString(text) {
			return nil, errNumber
		}
		return seen, nil
	default:
		return text, nil
	}
}
