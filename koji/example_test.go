package koji_test

import (
	"fmt"

	"github.com/kojiwatch/kojiwatch/koji"
)

func ExampleParseNVR() {
	n, err := koji.ParseNVR("golang-x-net-2.2-11.1.epel10")
	fmt.Println(n.Name, n.Version, n.Release, err)
	// Output: golang-x-net 2.2 11.1.epel10 <nil>
}

func ExampleParseWebURL() {
	page, err := koji.ParseWebURL("https://koji.example.com/koji/taskinfo?taskID=4711")
	fmt.Println(page.Kind, page.ID, page.Base, err)
	// Output: task 4711 https://koji.example.com/koji <nil>
}

func ExampleWeb() {
	web, err := koji.NewWeb("https://koji.example.com/koji/")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(web.Build(52))
	// Output: https://koji.example.com/koji/buildinfo?buildID=52
}

func ExampleTask_Duration() {
	var t koji.Task
	fmt.Println(t.Duration().Known, koji.TaskStateNamed("OPEN").Number())
	// Output: false 1
}
