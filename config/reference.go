package config

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

// Reference returns the reference of the file in Markdown.
func Reference() string {
	var page strings.Builder
	page.WriteString(referenceIntro)
	writeSection(&page, "Top of the file", "", "", fieldsOf(reflect.TypeFor[Config]()))
	return page.String()
}

func writeSection(page *strings.Builder, title, name, doc string, fields []field) {
	fmt.Fprintf(page, "\n## %s\n", title)
	if doc != "" {
		fmt.Fprintf(page, "\n%s\n", doc)
	}
	var common []field
	own := map[string][]field{}
	var types []string
	for _, f := range fields {
		if f.sink == "" {
			common = append(common, f)
			continue
		}
		if own[f.sink] == nil {
			types = append(types, f.sink)
		}
		own[f.sink] = append(own[f.sink], f)
	}
	writeTable(page, common)
	for _, sink := range types {
		fmt.Fprintf(page, "\nOnly with type `%s`:\n", strings.ReplaceAll(sink, ",", "`, `"))
		writeTable(page, own[sink])
	}
	for _, f := range common {
		below := join(name, f.name)
		switch f.kind {
		case kindSection:
			writeSection(page, "`"+below+"`", below, f.doc, f.keys)
		case kindSections:
			writeSection(page, "`"+below+"[]`", below+"[]", f.doc, f.keys)
		}
	}
}

func writeTable(page *strings.Builder, fields []field) {
	page.WriteString("\n| Key | Takes | Default | Meaning |\n|---|---|---|---|\n")
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		fmt.Fprintf(page, "| %s |\n", strings.Join(cells, " | "))
	}
	for i := range fields {
		f := &fields[i]
		row("`"+f.name+"`", takes(f), defaultOf(f, fields), f.doc)
		if f.kind == kindSecret {
			row("`"+f.name+fileSuffix+"`", "path", "", "A file that holds it, in place of `"+f.name+"`.")
		}
	}
}

// takes says what a key takes, with its bounds.
func takes(f *field) string {
	if len(f.enum) > 0 {
		return "`" + strings.Join(f.enum, "`, `") + "`"
	}
	words := map[kind]string{
		kindText: "text", kindBlock: "text, also of several lines", kindPath: "path", kindSecret: "secret", kindURL: "URL", kindBool: "`true`, `false`",
		kindInt: "number", kindDuration: "duration", kindSize: "size", kindFree: "map",
		kindList: "list", kindSection: "keys, see below", kindSections: "list, see below",
	}
	text := words[f.kind]
	switch {
	case f.kind == kindList && f.item == kindURL:
		text = "list of URLs"
	case f.kind == kindList:
		text = "list of " + words[f.item]
	}
	if f.min != "" {
		text += fmt.Sprintf(", %s to %s", f.min, f.max)
	}
	return text
}

// defaultOf says what a key has that is not given.
func defaultOf(f *field, all []field) string {
	switch {
	case f.required:
		return "required"
	case f.group != "":
		var group []string
		for _, other := range all {
			if other.group == f.group {
				group = append(group, "`"+other.name+"`")
			}
		}
		return "one of " + listed("and", group) + " is required"
	case f.derived != "":
		return f.derived
	case f.def != "":
		return "`" + strings.ReplaceAll(f.def, ", ", "`, `") + "`"
	default:
		return ""
	}
}
