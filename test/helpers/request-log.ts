import type { Service } from '../../src/http/service.js'

/** Counts the requests of a service, and those that have not ended. */
export class RequestLog {
  total = 0
  underWay = 0

  watch(service: Service): Service {
    return {
      cloud: service.cloud,
      region: service.region,
      request: async (request) => {
        this.total++
        this.underWay++
        try {
          return await service.request(request)
        } finally {
          this.underWay--
        }
      },
    }
  }
}
