package config

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

// JSONSchema returns the JSON Schema (2020-12) of the file, for editors. It says
// what the keys take one by one; rules about several keys are the loader's.
func JSONSchema() []byte {
	schema := schemaOfKeys(fieldsOf(reflect.TypeFor[Config]()))
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

func schemaOfKeys(fields []field) object {
	properties := object{}
	var required []any
	for i := range fields {
		f := &fields[i]
		property := schemaOf(f)
		property["description"] = f.doc
		if other := properties[f.name]; other != nil { // of another type of sink
			property = object{"anyOf": []any{other, property}}
		}
		properties[f.name] = property
		if f.required && f.sink == "" {
			required = append(required, f.name)
		}
		if f.kind == kindSecret {
			properties[f.name+fileSuffix] = object{"type": "string", "description": "A file that holds it, in place of " + f.name + "."}
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
func schemaRules(fields []field) []any {
	var rules, sinks []any
	groups := map[string][]any{}
	types := map[string]string{} // by key, those of the sinks that have it
	has := func(names ...any) object { return object{"required": names} }
	for _, f := range fields {
		if f.kind == kindSecret {
			rules = append(rules, object{"not": has(f.name, f.name+fileSuffix)})
		}
		if f.group != "" {
			groups[f.group] = append(groups[f.group], has(f.name))
		}
		if types[f.name] != "" && f.sink != "" {
			types[f.name] += ","
		}
		types[f.name] += f.sink
	}
	for _, f := range fields {
		if types[f.name] != "" {
			ofType := object{"properties": object{"type": orVariable(ofTypes(types[f.name]))}}
			sinks = append(sinks, object{"if": has(f.name), "then": ofType})
			delete(types, f.name)
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

func schemaOf(f *field) object {
	var schema object
	switch f.kind {
	case kindSection:
		schema = schemaOfKeys(f.keys)
		schema["type"] = []any{"object", "null"}
	case kindSections:
		schema = object{"type": "array", "minItems": 1, "items": schemaOfKeys(f.keys)}
	case kindList:
		schema = object{"type": "array", "minItems": 1, "items": schemaOfOne(&field{kind: f.item}), "uniqueItems": true}
	case kindFree:
		schema = object{"type": "object"}
	default:
		schema = schemaOfOne(f)
	}
	if value := jsonOf(f.kind, f.def); value != nil {
		schema["default"] = value
	}
	if value := jsonOf(f.kind, f.example); value != nil && f.takesOne() {
		schema["examples"] = []any{value}
	}
	return schema
}

// schemaOfOne describes a single value.
func schemaOfOne(f *field) object {
	switch {
	case len(f.enum) > 0:
		return orVariable(object{"type": "string", "enum": f.enum})
	case f.kind == kindBool:
		return orVariable(object{"type": "boolean"})
	case f.kind == kindInt:
		return orVariable(object{"type": "integer", "minimum": json.Number(f.min), "maximum": json.Number(f.max)})
	case f.kind == kindDuration:
		return orVariable(object{"type": "string", "pattern": `^(0|([0-9.]+(ns|us|µs|ms|s|m|h|d))+)$`})
	case f.kind == kindSize:
		return orVariable(
			object{"type": "string", "pattern": `^[0-9]+ *([KMG]iB|[kKMG]?B)?$`},
			object{"type": "integer", "minimum": 0},
		)
	case f.kind == kindURL:
		return orVariable(object{"type": "string", "pattern": `^[Aa][Mm][Qq][Pp][Ss]?://`})
	default:
		return object{"type": "string"}
	}
}

// orVariable describes a value that may also be text with a variable in it, which
// the schema cannot look into.
func orVariable(forms ...any) object {
	return object{"anyOf": append(forms, object{"type": "string", "pattern": `\$\{`})}
}

// jsonOf returns a value from a tag as JSON has it, or nil if the tag is empty.
func jsonOf(kind kind, text string) any {
	switch {
	case text == "":
		return nil
	case kind == kindBool:
		return text == "true"
	case kind == kindInt:
		return json.Number(text)
	case kind == kindList:
		return strings.Split(text, ", ")
	default:
		return text
	}
}
