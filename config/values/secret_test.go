package values

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v4"
)

// marker is every secret in these tests. No output may contain it.
const marker = "hunter2"

// printers returns the ways in which a value may be printed.
func printers() map[string]func(t *testing.T, value any) string {
	all := map[string]func(t *testing.T, value any) string{
		"json":    func(t *testing.T, v any) string { return marshalled(t, v, json.Marshal) },
		"xml":     func(t *testing.T, v any) string { return marshalled(t, v, xml.Marshal) },
		"yaml":    func(t *testing.T, v any) string { return marshalled(t, v, yaml.Marshal) },
		"zerolog": func(_ *testing.T, v any) string { return zerologged(v) },
		"slog, text": func(_ *testing.T, v any) string {
			return slogged(v, func(w *bytes.Buffer) slog.Handler { return slog.NewTextHandler(w, nil) })
		},
		"slog, json": func(_ *testing.T, v any) string {
			return slogged(v, func(w *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(w, nil) })
		},
		"error": func(_ *testing.T, v any) string { return fmt.Errorf("bad %v: %w", v, fs.ErrInvalid).Error() },
		"go string": func(_ *testing.T, v any) string {
			if v, ok := v.(fmt.GoStringer); ok {
				return v.GoString()
			}
			return ""
		},
		"println":    func(_ *testing.T, v any) string { return fmt.Sprintln(v) },
		"reflection": func(_ *testing.T, v any) string { return strings.Join(stringsIn(reflect.ValueOf(v), 0), " ") },
	}
	for _, verb := range []string{"v", "+v", "#v", "s", "+s", "q", "#q", "x", "X", "# x", "d", "t", "b", "o", "c", "U", "e", "g", "p", "w", "10v", "-10.3s"} {
		all["%"+verb] = func(_ *testing.T, v any) string { return fmt.Sprintf("%"+verb, v) }
	}
	return all
}

func marshalled(t *testing.T, value any, marshal func(any) ([]byte, error)) string {
	t.Helper()
	text, err := marshal(value)
	// XML does not support some types; the error must not contain the secret either.
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func zerologged(value any) string {
	var out bytes.Buffer
	logger := zerolog.New(&out)
	logger.Info().Interface("a", value).Any("b", value).Str("c", fmt.Sprint(value)).Msgf("%v", value)
	return out.String()
}

func slogged(value any, handler func(w *bytes.Buffer) slog.Handler) string {
	var out bytes.Buffer
	slog.New(handler(&out)).Info("text", "value", value)
	return out.String()
}

// stringsIn returns every text that a printer could reach by walking a value.
func stringsIn(v reflect.Value, depth int) []string {
	if depth > 10 {
		return nil
	}
	var found []string
	switch v.Kind() {
	case reflect.String:
		found = append(found, v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			found = stringsIn(v.Elem(), depth+1)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			found = append(found, stringsIn(field, depth+1)...)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			found = append(found, stringsIn(v.Index(i), depth+1)...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			found = append(found, stringsIn(v.MapIndex(key), depth+1)...)
		}
	}
	return found
}

func TestSecretsNeverPrint(t *testing.T) {
	secret := NewSecret(marker)
	address, err := ParseBrokerURL("amqp://k:" + marker + "@localhost/koji")
	if err != nil {
		t.Fatal(err)
	}
	type hidden struct {
		secret  Secret
		address BrokerURL
	}
	values := map[string]any{
		"secret": secret, "pointer to secret": &secret,
		"address": address, "pointer to address": &address,
		"list": []Secret{secret}, "list of addresses": []BrokerURL{address},
		"map": map[string]any{"a": secret, "b": address},
		"struct": struct {
			A Secret
			B *BrokerURL
		}{secret, &address},
		"unexported fields": hidden{secret, address},
	}
	hex := fmt.Sprintf("%x", marker)
	for what, value := range values {
		for how, print := range printers() {
			got := print(t, value)
			if strings.Contains(got, marker) || strings.Contains(strings.ToLower(got), hex) {
				t.Errorf("%s through %s tells the secret: %s", what, how, got)
			}
		}
	}
}

func TestSecretShowsStars(t *testing.T) {
	for how, print := range printers() {
		if how == "%p" || how == "%w" || how == "reflection" {
			continue // these do not call methods of the value
		}
		if got := print(t, NewSecret(marker)); !strings.Contains(got, Redacted) {
			t.Errorf("%s shows %q, want %s in it", how, got, Redacted)
		}
		if got := print(t, SecretFile("k", "/x")); !strings.Contains(got, Redacted) {
			t.Errorf("%s shows %q for a file, want %s in it", how, got, Redacted)
		}
		if got := print(t, Secret{}); strings.Contains(got, Redacted) {
			t.Errorf("%s shows %q for no secret", how, got)
		}
	}
}

func TestRevealFile(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := map[string]struct {
		path, want, wantErr string
	}{
		"line":                {write("line", "s3cret\n"), "s3cret", ""},
		"no line end":         {write("bare", "s3cret"), "s3cret", ""},
		"windows line end":    {write("crlf", "s3cret\r\n"), "s3cret", ""},
		"only one end is cut": {write("two", "s3cret\n\n"), "s3cret\n", ""},
		"spaces stay":         {write("spaces", " s3cret \n"), " s3cret ", ""},
		"missing":             {filepath.Join(folder, "none"), "", "no such file"},
		"empty":               {write("empty", "\n"), "", "the file is empty"},
		"folder":              {folder, "", "not a regular file"},
		"device":              {"/dev/zero", "", "not a regular file"},
		"too large":           {write("large", strings.Repeat("s3cret", 20000)), "", "larger than 64 KiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := SecretFile("broker.password_file", test.path).Reveal()
			if test.wantErr == "" {
				if err != nil || got != test.want {
					t.Errorf("got %q, %v; want %q", got, err, test.want)
				}
				return
			}
			if err == nil || got != "" {
				t.Fatalf("got %q, %v; want an error", got, err)
			}
			for _, part := range []string{"broker.password_file", test.path, test.wantErr} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q lacks %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error tells the secret: %v", err)
			}
		})
	}
}

func TestRevealReadsAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	secret := SecretFile("k", path)
	if _, err := secret.Reveal(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before there is a file got %v", err)
	}
	for _, want := range []string{"one", "two"} {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := secret.Reveal(); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
}

func TestSecretZero(t *testing.T) {
	if got, err := (Secret{}).Reveal(); got != "" || err != nil || (Secret{}).IsSet() {
		t.Errorf("the zero secret reveals %q, %v and is set: %v", got, err, (Secret{}).IsSet())
	}
	if !NewSecret("").IsSet() {
		t.Error("an empty secret counts as none")
	}
}
