// Creates a task, reads it, and lists all tasks page by page with gophercloud. Prints the results as JSON.
package main

import (
	"encoding/json"
	"os"

	"github.com/gophercloud/gophercloud"
	"github.com/gophercloud/gophercloud/openstack"
	"github.com/gophercloud/gophercloud/openstack/imageservice/v2/tasks"
	"github.com/gophercloud/gophercloud/pagination"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	options, err := openstack.AuthOptionsFromEnv()
	check(err)
	provider, err := openstack.AuthenticatedClient(options)
	check(err)
	client, err := openstack.NewImageServiceV2(provider, gophercloud.EndpointOpts{
		Region:       os.Getenv("OS_REGION_NAME"),
		Availability: gophercloud.Availability(os.Getenv("OS_INTERFACE")),
	})
	check(err)

	input := map[string]interface{}{
		"import_from":        "http://example.org/image.raw",
		"import_from_format": "raw",
		"image_properties":   map[string]interface{}{"disk_format": "raw", "container_format": "bare"},
	}
	created, err := tasks.Create(client, tasks.CreateOpts{Type: "import", Input: input}).Extract()
	check(err)
	fetched, err := tasks.Get(client, created.ID).Extract()
	check(err)

	pages := [][]string{}
	err = tasks.List(client, tasks.ListOpts{Limit: 2}).EachPage(func(page pagination.Page) (bool, error) {
		found, err := tasks.ExtractTasks(page)
		ids := []string{}
		for _, task := range found {
			ids = append(ids, task.ID)
		}
		pages = append(pages, ids)
		return true, err
	})
	check(err)
	check(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"created": created, "fetched": fetched, "pages": pages,
	}))
}
