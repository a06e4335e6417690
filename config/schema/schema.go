package schema

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// SchemaID is the identifier of the JSON Schema of the file.
const SchemaID = "https://github.com/kojiwatch/kojiwatch/config.schema.json"

// object is a JSON object; encoding/json writes its members in order of name.
type object = map[string]any

// JSON returns the JSON Schema (2020-12) of the file, for editors, made from the struct that
// of points to. It covers single keys; only the loader checks rules about several keys.
func JSON(of any) []byte {
	schema := schemaOfKeys(fieldsOf(reflect.TypeOf(of).Elem()))
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["$id"] = SchemaID
	schema["title"] = "kojiwatch configuration"
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(schema) // maps, lists and text: nothing in it can fail
	return out.Bytes()
}

func schemaOfKeys(fields []Field) object {
	properties := object{}
	var required []any
	for i := range fields {
		f := &fields[i]
		property := schemaOf(f)
		property["description"] = f.Doc
		if other := properties[f.Name]; other != nil { // of another type of sink
			property = object{"anyOf": []any{other, property}}
		}
		properties[f.Name] = property
		if f.Required && f.Sink == "" {
			required = append(required, f.Name)
		}
		if f.Kind == KindSecret {
			properties[f.Name+FileSuffix] = object{"type": "string", "description": "A file that holds it, in place of " + f.Name + "."}
		}
	}
	schema := object{"type": "object", "additionalProperties": false, "properties": properties}
	if required != nil {
		schema["required"] = required
	}
	if rules := schemaRules(fields); rules != nil {
		schema["allOf"] = rules
	}
	return schema
}

// schemaRules describes which keys exclude one another.
func schemaRules(fields []Field) []any {
	var rules, sinks []any
	groups := map[string][]any{}
	types := map[string]string{} // by key, those of the sinks that have it
	has := func(names ...any) object { return object{"required": names} }
	for _, f := range fields {
		if f.Kind == KindSecret {
			rules = append(rules, object{"not": has(f.Name, f.Name+FileSuffix)})
		}
		if f.Group != "" {
			groups[f.Group] = append(groups[f.Group], has(f.Name))
		}
		if types[f.Name] != "" && f.Sink != "" {
			types[f.Name] += ","
		}
		types[f.Name] += f.Sink
	}
	for _, f := range fields {
		if types[f.Name] != "" {
			ofType := object{"properties": object{"type": orVariable(ofTypes(types[f.Name]))}}
			sinks = append(sinks, object{"if": has(f.Name), "then": ofType})
			delete(types, f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		rules = append(rules, object{"oneOf": groups[name]})
	}
	return append(rules, sinks...)
}

// ofTypes describes a type that is one of those a tag names.
func ofTypes(sink string) object {
	if types := strings.Split(sink, ","); len(types) > 1 {
		return object{"enum": types}
	}
	return object{"const": sink}
}

func schemaOf(f *Field) object {
	var schema object
	switch f.Kind {
	case KindSection:
		schema = schemaOfKeys(f.Keys)
		schema["type"] = []any{"object", "null"}
	case KindSections:
		schema = object{"type": "array", "minItems": 1, "items": schemaOfKeys(f.Keys)}
	case KindList:
		schema = object{"type": "array", "minItems": 1, "items": schemaOfOne(&Field{Kind: f.Item}), "uniqueItems": true}
	case KindFree:
		schema = object{"type": "object"}
	default:
		schema = schemaOfOne(f)
	}
	if value := jsonOf(f.Kind, f.Def); value != nil {
		schema["default"] = value
	}
	if value := jsonOf(f.Kind, f.Example); value != nil && f.takesOne() {
		schema["examples"] = []any{value}
	}
	return schema
}

// schemaOfOne describes a single value.
func schemaOfOne(f *Field) object {
	switch {
	case len(f.Enum) > 0:
		return orVariable(object{"type": "string", "enum": f.Enum})
	case f.Kind == KindBool:
		return orVariable(object{"type": "boolean"})
	case f.Kind == KindInt:
		return orVariable(object{"type": "integer", "minimum": json.Number(f.Min), "maximum": json.Number(f.Max)})
	case f.Kind == KindDuration:
		return orVariable(object{"type": "string", "pattern": `^(0|([0-9.]+(ns|us|µs|ms|s|m|h|d))+)$`})
	case f.Kind == KindSize:
		return orVariable(
			object{"type": "string", "pattern": `^[0-9]+ *([KMG]iB|[kKMG]?B)?$`},
			object{"type": "integer", "minimum": 0},
		)
	case f.Kind == KindURL:
		return orVariable(object{"type": "string", "pattern": `^[Aa][Mm][Qq][Pp][Ss]?://`})
	default:
		return object{"type": "string"}
	}
}

// orVariable describes a value that may also be text with a variable, which the schema
// cannot check.
func orVariable(forms ...any) object {
	return object{"anyOf": append(forms, object{"type": "string", "pattern": `\$\{`})}
}

// jsonOf converts the value of a tag to JSON. It returns nil if the tag is empty.
func jsonOf(kind Kind, text string) any {
	switch {
	case text == "":
		return nil
	case kind == KindBool:
		return text == "true"
	case kind == KindInt:
		return json.Number(text)
	case kind == KindList:
		return strings.Split(text, ", ")
	default:
		return text
	}
}
