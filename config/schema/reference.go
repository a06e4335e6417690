package schema

import (
	"fmt"
	"reflect"
	"strings"
)

const referenceIntro = "# Configuration\n\n" +
	"kojiwatch reads one YAML file. `kojiwatch.example.yaml` shows every key with its default; this page says what each means.\n\n" +
	"- **Strict.** An unknown key, a wrong type, an impossible value: each is an error that names file, line, column and key, and all of them are reported at once. A file with an error in it is not used.\n" +
	"- **Variables.** In any value `${NAME}` stands for an environment variable and `${NAME:-default}` for one that may be missing or empty; `$$` is a `$`. A variable that is not set is an error. Keys hold no variables.\n" +
	"- **Secrets.** Each secret has a twin that ends in `_file` and names a file with the secret in it, such as one from systemd's `LoadCredential=` or a mounted Kubernetes secret. The file is read each time the secret is needed, so it may change while kojiwatch runs; one line end at its end is cut. Give one of the two. kojiwatch shows no secret in logs, errors or anywhere else.\n" +
	"- **Durations** are written `500ms`, `30s`, `5m`, `1h30m` or `7d`, **sizes** `16MiB`, `64KiB` or `10MB`.\n" +
	"- **Paths** are relative to the folder of the file.\n" +
	"- Anchors, aliases and merge keys (`<<`) work, within bounds. The file is at most 1 MiB and holds one document.\n"

// Reference returns the reference of the file in Markdown, made of the struct that
// of points to.
func Reference(of any) string {
	var page strings.Builder
	page.WriteString(referenceIntro)
	writeSection(&page, "Top of the file", "", "", fieldsOf(reflect.TypeOf(of).Elem()))
	return page.String()
}

func writeSection(page *strings.Builder, title, name, doc string, fields []Field) {
	fmt.Fprintf(page, "\n## %s\n", title)
	if doc != "" {
		fmt.Fprintf(page, "\n%s\n", doc)
	}
	var common []Field
	own := map[string][]Field{}
	var types []string
	for _, f := range fields {
		if f.Sink == "" {
			common = append(common, f)
			continue
		}
		if own[f.Sink] == nil {
			types = append(types, f.Sink)
		}
		own[f.Sink] = append(own[f.Sink], f)
	}
	writeTable(page, common)
	for _, sink := range types {
		fmt.Fprintf(page, "\nOnly with type `%s`:\n", strings.ReplaceAll(sink, ",", "`, `"))
		writeTable(page, own[sink])
	}
	for _, f := range common {
		below := Join(name, f.Name)
		switch f.Kind {
		case KindSection:
			writeSection(page, "`"+below+"`", below, f.Doc, f.Keys)
		case KindSections:
			writeSection(page, "`"+below+"[]`", below+"[]", f.Doc, f.Keys)
		}
	}
}

func writeTable(page *strings.Builder, fields []Field) {
	page.WriteString("\n| Key | Takes | Default | Meaning |\n|---|---|---|---|\n")
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		fmt.Fprintf(page, "| %s |\n", strings.Join(cells, " | "))
	}
	for i := range fields {
		f := &fields[i]
		row("`"+f.Name+"`", takes(f), defaultOf(f, fields), f.Doc)
		if f.Kind == KindSecret {
			row("`"+f.Name+FileSuffix+"`", "path", "", "A file that holds it, in place of `"+f.Name+"`.")
		}
	}
}

// takes says what a key takes, with its bounds.
func takes(f *Field) string {
	if len(f.Enum) > 0 {
		return "`" + strings.Join(f.Enum, "`, `") + "`"
	}
	words := map[Kind]string{
		KindText: "text", KindBlock: "text, also of several lines", KindPath: "path", KindSecret: "secret", KindURL: "URL", KindBool: "`true`, `false`",
		KindInt: "number", KindDuration: "duration", KindSize: "size", KindFree: "map",
		KindList: "list", KindSection: "keys, see below", KindSections: "list, see below",
	}
	text := words[f.Kind]
	switch {
	case f.Kind == KindList && f.Item == KindURL:
		text = "list of URLs"
	case f.Kind == KindList:
		text = "list of " + words[f.Item]
	}
	if f.Min != "" {
		text += fmt.Sprintf(", %s to %s", f.Min, f.Max)
	}
	return text
}

// defaultOf says what a key has that is not given.
func defaultOf(f *Field, all []Field) string {
	switch {
	case f.Required:
		return "required"
	case f.Group != "":
		var group []string
		for _, other := range all {
			if other.Group == f.Group {
				group = append(group, "`"+other.Name+"`")
			}
		}
		return "one of " + Listed("and", group) + " is required"
	case f.Derived != "":
		return f.Derived
	case f.Def != "":
		return "`" + strings.ReplaceAll(f.Def, ", ", "`, `") + "`"
	default:
		return ""
	}
}
