package docs

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goPackages are the folders of the packages whose names are used on pages.
func goPackages() map[string]string {
	return map[string]string{
		"kojirpc": "kojirpc", "koji": "koji", "parse": "parse", "estimates": "estimates", "namecache": "namecache", "event": "event",
		"profile": "kojirpc/profile", "live": "estimates/live", "hubaverage": "estimates/hubaverage",
	}
}

var goName = regexp.MustCompile("`([a-z]+)\\.([A-Z]\\w*)(?:\\.([A-Z]\\w*))?`")

// TestGoNames checks that every Go name on a page is declared.
func TestGoNames(t *testing.T) {
	declared := map[string]map[string]bool{}
	for name, dir := range goPackages() {
		declared[name] = exported(t, dir)
	}
	found := 0
	for _, m := range goName.FindAllStringSubmatch(read(t, "docs/coming-from-txkoji.md"), -1) {
		found++
		if name := strings.TrimSuffix(m[2]+"."+m[3], "."); !declared[m[1]][name] {
			t.Errorf("there is no %s", strings.Trim(m[0], "`"))
		}
	}
	if found < 50 {
		t.Errorf("found only %d names", found)
	}
}

// exported returns the names that a package exports, including Type.Method and Type.Field.
func exported(t *testing.T, dir string) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(set, files, dir, doc.Mode(0))
	if err != nil {
		t.Fatal(err)
	}
	return declaredIn(pkg)
}

func declaredIn(pkg *doc.Package) map[string]bool {
	all := map[string]bool{}
	values := pkg.Vars
	for _, f := range pkg.Funcs {
		all[f.Name] = true
	}
	for _, typ := range pkg.Types {
		all[typ.Name] = true
		values = append(values, typ.Vars...)
		for _, f := range typ.Funcs {
			all[f.Name] = true
		}
		for _, m := range typ.Methods {
			all[typ.Name+"."+m.Name] = true
		}
		for _, field := range fieldsOf(typ) {
			all[typ.Name+"."+field] = true
		}
	}
	for _, v := range values {
		for _, name := range v.Names {
			all[name] = true
		}
	}
	return all
}

func fieldsOf(typ *doc.Type) []string {
	var all []string
	for _, spec := range typ.Decl.Specs {
		s, ok := spec.(*ast.TypeSpec).Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range s.Fields.List {
			for _, name := range field.Names {
				all = append(all, name.Name)
			}
		}
	}
	return all
}
