// A program that uses gophercloud: logs in, then gets one task or lists all tasks.
package main

import (
	"encoding/json"
	"log"
	"os"
	"strconv"

	"github.com/gophercloud/gophercloud"
	"github.com/gophercloud/gophercloud/openstack"
	"github.com/gophercloud/gophercloud/openstack/imageservice/v2/tasks"
)

func main() {
	auth, err := openstack.AuthOptionsFromEnv()
	check(err)
	provider, err := openstack.AuthenticatedClient(auth)
	check(err)
	client, err := openstack.NewImageServiceV2(provider, gophercloud.EndpointOpts{Region: os.Getenv("OS_REGION_NAME")})
	check(err)
	out := json.NewEncoder(os.Stdout)
	if os.Args[1] == "get" {
		task, err := tasks.Get(client, os.Args[2]).Extract()
		check(err)
		check(out.Encode(task))
		return
	}
	limit, err := strconv.Atoi(os.Args[2])
	check(err)
	pages, err := tasks.List(client, tasks.ListOpts{Limit: limit}).AllPages()
	check(err)
	all, err := tasks.ExtractTasks(pages)
	check(err)
	check(out.Encode(all))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
