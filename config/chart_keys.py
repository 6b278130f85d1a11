"""Keys of the charts of each area, by which a chart's value that stands beside `values` is recognised.

The keys are those of the default versions (components/charts.py).
"""

from collections.abc import Mapping

_KEYS: Mapping[tuple[str, ...], str] = {
    ("logging",): (
        "backend bloomBuilder bloomGateway bloomPlanner chunksCache commonLabels compactor defaults "
        "deploymentMode distributor extraObjects fullnameOverride gateway global ignoreMinioDeprecation "
        "imagePullSecrets indexGateway ingester ingress kubeVersionOverride loki lokiCanary memberlist "
        "memcached memcachedExporter migrate minio monitoring nameOverride namespaceOverride networkPolicy "
        "overridesExporter patternIngester podDisruptionBudget querier queryFrontend queryScheduler rbac read "
        "resultsCache rollout_operator route ruler serviceAccount sidecar singleBinary tableManager test "
        "write "
    ),
    ("logging", "loki"): (
        "analytics annotations auth_enabled block_builder bloom_build bloom_gateway commonConfig compactor "
        "compactor_grpc_client config configObjectName configStorageType containerSecurityContext distributor "
        "dnsConfig enableServiceLinks extraMemberlistConfig frontend frontend_worker "
        "generatedConfigObjectName image index_gateway ingester ingester_client limits_config livenessProbe "
        "memberlistConfig operational_config pattern_ingester podAnnotations podLabels podSecurityContext "
        "querier query_range query_scheduler readinessProbe revisionHistoryLimit rulerConfig runtimeConfig "
        "schemaConfig server service serviceAnnotations serviceLabels startupProbe storage storage_config "
        "structuredConfig tenants testSchemaConfig tracing ui useTestSchema "
    ),
    ("tracing",): (
        "adminApi affinity annotations backendScheduler backendWorker blockBuilder cache compactor config "
        "configStorageType defaults distributor enterprise enterpriseFederationFrontend enterpriseGateway "
        "externalConfigSecretName externalConfigVersion externalRuntimeConfigName extraContainers extraLabels "
        "extraObjects extraVolumes fullnameOverride gateway global hostAliases ingest ingester ingress "
        "initContainers kubectlImage labels license liveStore memberlist memcached memcachedBloom "
        "memcachedExporter memcachedFrontendSearch memcachedParquetFooter metaMonitoring metricsGenerator "
        "minio multitenancyEnabled nameOverride networkPolicy nodeSelector overrides per_tenant_overrides "
        "persistence podAnnotations podLabels priorityClassName prometheusRule provisioner querier "
        "queryFrontend rbac replicas reportingEnabled rollout_operator route securityContext server service "
        "serviceAccount serviceMonitor storage streamOverHTTPEnabled tempo tempoQuery tests tokengenJob "
        "tolerations traces useExternalConfig "
    ),
    ("tracing", "tempo"): (
        "dnsConfig extraArgs extraEnv extraEnvFrom extraVolumeMounts image ingester livenessProbe "
        "memBallastSizeMbs memberlist metricsGenerator multitenancyEnabled overrides per_tenant_overrides "
        "podAnnotations podLabels podSecurityContext pullPolicy querier queryFrontend readinessProbe "
        "receivers registry reportingEnabled repository resources retention revisionHistoryLimit "
        "securityContext server service storage streamOverHttpEnabled structuredConfig tag updateStrategy "
    ),
    ("telemetry",): (
        "alloy configReloader controller crds extraObjects fullnameOverride global image ingress nameOverride "
        "namespaceOverride networkPolicy rbac service serviceAccount serviceMonitor "
    ),
    ("telemetry", "alloy"): (
        "clustering command configMap enableHttpServerPort enableReporting envFrom extraArgs extraEnv "
        "extraPorts hostAliases initialDelaySeconds lifecycle listenAddr listenPort listenScheme "
        "livenessProbe mounts resources securityContext stabilityLevel storagePath timeoutSeconds "
        "uiPathPrefix "
    ),
    ("telemetry", "controller"): (
        "affinity autoscaling dnsPolicy enableStatefulSetAutoDeletePVC extraAnnotations extraContainers "
        "extraLabels hostNetwork hostPID initContainers minReadySeconds nodeSelector parallelRollout "
        "podAnnotations podDisruptionBudget podLabels priorityClassName replicas revisionHistoryLimit "
        "terminationGracePeriodSeconds tolerations topologySpreadConstraints type updateStrategy "
        "volumeClaimTemplates volumes "
    ),
    ("metrics",): (
        "additionalPrometheusRulesMap alertmanager cleanPrometheusOperatorObjectNames commonLabels coreDns "
        "crds customRules defaultRules extraManifests fullnameOverride global grafana kube-state-metrics "
        "kubeApiServer kubeControllerManager kubeDns kubeEtcd kubeProxy kubeScheduler kubeStateMetrics "
        "kubeTargetVersionOverride kubeVersionOverride kubelet kubernetesServiceMonitors nameOverride "
        "namespaceOverride nodeExporter prometheus prometheus-node-exporter prometheus-windows-exporter "
        "prometheusOperator thanosRuler windowsMonitoring "
    ),
    ("metrics", "prometheus"): (
        "additionalLabels additionalPodMonitors additionalRulesForClusterRole additionalServiceMonitors "
        "agentMode annotations enabled extraSecret ingress ingressPerReplica networkPolicy "
        "podDisruptionBudget prometheusSpec route routePerReplica service serviceAccount serviceMonitor "
        "servicePerReplica thanosIngress thanosService thanosServiceExternal thanosServiceMonitor "
        "verticalPodAutoscaler "
    ),
    ("metrics", "prometheus", "prometheusSpec"): (
        "additionalAlertManagerConfigs additionalAlertManagerConfigsSecret additionalAlertRelabelConfigs "
        "additionalAlertRelabelConfigsSecret additionalArgs additionalConfig additionalConfigString "
        "additionalPrometheusSecretsAnnotations additionalRemoteRead additionalRemoteWrite "
        "additionalScrapeConfigs additionalScrapeConfigsSecret affinity alertingEndpoints "
        "allowOverlappingBlocks apiserverConfig arbitraryFSAccessThroughSMs automountServiceAccountToken "
        "bodySizeLimit configMaps containers convertClassicHistogramsToNHCB disableAlerting disableCompaction "
        "dnsConfig dnsPolicy enableAdminAPI enableFeatures enableOTLPReceiver enableRemoteWriteReceiver "
        "enableServiceLinks enforcedBodySizeLimit enforcedKeepDroppedTargets enforcedLabelLimit "
        "enforcedLabelNameLengthLimit enforcedLabelValueLengthLimit enforcedNamespaceLabel "
        "enforcedSampleLimit enforcedTargetLimit evaluationInterval excludedFromEnforcement exemplars "
        "externalLabels externalUrl hostAliases hostNetwork hostUsers ignoreNamespaceSelectors image "
        "initContainers keepDroppedTargets labelLimit labelNameLengthLimit labelValueLengthLimit listenLocal "
        "logFormat logLevel maximumStartupDurationSeconds minReadySeconds nameEscapingScheme "
        "nameValidationScheme nodeSelector otlp overrideHonorLabels overrideHonorTimestamps paused "
        "persistentVolumeClaimRetentionPolicy podAntiAffinity podAntiAffinityTopologyKey podManagementPolicy "
        "podMetadata podMonitorNamespaceSelector podMonitorSelector podMonitorSelectorNilUsesHelmValues "
        "podTargetLabels portName priorityClassName probeNamespaceSelector probeSelector "
        "probeSelectorNilUsesHelmValues prometheusExternalLabelName prometheusExternalLabelNameClear "
        "prometheusRulesExcludedFromEnforce query queryLogFile reloadStrategy remoteRead remoteWrite "
        "remoteWriteDashboards remoteWriteReceiverMessageVersions replicaExternalLabelName "
        "replicaExternalLabelNameClear replicas resources retention retentionSize routePrefix "
        "ruleNamespaceSelector ruleQueryOffset ruleSelector ruleSelectorNilUsesHelmValues runtime sampleLimit "
        "schedulerName scrapeClasses scrapeClassicHistograms scrapeConfigNamespaceSelector "
        "scrapeConfigSelector scrapeConfigSelectorNilUsesHelmValues scrapeFailureLogFile scrapeInterval "
        "scrapeNativeHistograms scrapeProtocols scrapeTimeout secrets securityContext serviceDiscoveryRole "
        "serviceMonitorNamespaceSelector serviceMonitorSelector serviceMonitorSelectorNilUsesHelmValues "
        "serviceName shardRetentionPolicy shardingStrategy shards storageSpec targetLimit "
        "terminationGracePeriodSeconds thanos tolerations topologySpreadConstraints tracingConfig tsdb "
        "updateStrategy version volumeMounts volumes walCompression web "
    ),
    ("metrics", "prometheusOperator"): (
        "admissionWebhooks affinity alertmanagerConfigNamespaces alertmanagerInstanceNamespaces "
        "alertmanagerInstanceSelector annotations automountServiceAccountToken containerSecurityContext "
        "denyNamespaces dnsConfig enabled env extraArgs extraVolumeMounts extraVolumes featureGates "
        "fullnameOverride hostNetwork hostUsers image kubeletEndpointSliceEnabled kubeletEndpointsEnabled "
        "kubeletService labels lifecycle livenessProbe namespaces networkPolicy nodeSelector podAnnotations "
        "podDisruptionBudget podLabels prometheusConfigReloader prometheusInstanceNamespaces "
        "prometheusInstanceSelector readinessProbe resources revisionHistoryLimit secretFieldSelector "
        "securityContext service serviceAccount serviceMonitor strategy terminationGracePeriodSeconds "
        "thanosImage thanosRulerInstanceNamespaces thanosRulerInstanceSelector tls tolerations "
        "verticalPodAutoscaler "
    ),
    ("probes",): (
        "affinity automountServiceAccountToken commonLabels config configExistingSecretName configReloader "
        "containerPort deploymentAnnotations dnsConfig dnsPolicy extraArgs extraConfigmapMounts "
        "extraContainers extraEnv extraEnvFrom extraInitContainers extraManifests extraSecretMounts "
        "extraVolumeMounts extraVolumes global hostAliases hostNetwork hostPort image ingress kind "
        "kubeVersionOverride livenessProbe namespaceOverride networkPolicy nodeSelector pod podAnnotations "
        "podDisruptionBudget podMonitoring podSecurityContext priorityClassName prometheusRule readinessProbe "
        "releaseLabel replicas resources restartPolicy revisionHistoryLimit route secretAnnotations "
        "secretConfig securityContext service serviceAccount serviceMonitor strategy tolerations "
        "topologySpreadConstraints verticalPodAutoscaler "
    ),
    ("grafana",): (
        "admin adminUser affinity alerting assertNoLeakedSecrets automountServiceAccountToken autoscaling "
        "containerSecurityContext createConfigmap dashboardProviders dashboards dashboardsConfigMaps "
        "datasources defaultCurlOptions deploymentStrategy dnsConfig dnsPolicy downloadDashboards "
        "downloadDashboardsImage enableKubeBackwardCompatibility enableServiceLinks env envFromConfigMaps "
        "envFromSecret envFromSecrets envRenderSecret envValueFrom extraConfigmapMounts extraContainerVolumes "
        "extraContainers extraEmptyDirMounts extraExposePorts extraInitContainers extraLabels extraObjects "
        "extraSecretMounts extraVolumeMounts extraVolumes global gossipPortName grafana.ini headlessService "
        "hostAliases hostUsers image imageRenderer ingress initChownData ldap lifecycleHooks listenerSet "
        "livenessProbe namespaceOverride networkPolicy nodeSelector notifiers persistence plugins "
        "podDisruptionBudget podPortName progressDeadlineSeconds rbac readinessProbe replicas resources "
        "revisionHistoryLimit route securityContext service serviceAccount serviceMonitor "
        "shadowBundledPlugins shareProcessNamespace sidecar smtp startupProbe testFramework tolerations "
        "topologySpreadConstraints useStatefulSet verticalPodAutoscaler "
    ),
    ("caching",): (
        "affinity auth clusterDomain commonLabels dataStorage deploymentStrategy env extraContainers "
        "extraInitContainers extraSecretValkeyConfigs extraValkeyConfigs extraValkeySecrets extraVolumeMounts "
        "extraVolumes fullnameOverride global image imagePullSecrets initResources livenessProbe metrics "
        "nameOverride networkPolicy nodeSelector podAnnotations podDisruptionBudget podLabels "
        "podSecurityContext priorityClassName readinessProbe replica resources runtimeClassName "
        "securityContext service serviceAccount startupProbe tls tolerations topologySpreadConstraints "
        "valkeyConfig valkeyLogLevel workloadAnnotations "
    ),
    ("storage",): (
        "additionalAnnotations additionalLabels admin affinity allInOne bucketRoot buckets certificates "
        "certsPath clusterDomain configPathmc consoleIngress consoleService containerSecurityContext cosi "
        "customCommandJob customCommands deploymentUpdate drivesPerNode environment etcd existingSecret "
        "extraArgs extraContainers extraSecret extraVolumeMounts extraVolumes filer fullnameOverride global "
        "ignoreChartChecksums image imagePullSecrets ingress makeBucketJob makePolicyJob "
        "makeServiceAccountJob makeUserJob master mcImage metrics minioAPIPort minioConsolePort mode "
        "mountPath nameOverride networkPolicy nodeSelector oidc persistence podAnnotations "
        "podDisruptionBudget podLabels policies pools postJob priorityClassName replicas resources "
        "rootPassword rootUser runtimeClassName s3 securityContext service serviceAccount sftp "
        "statefulSetUpdate svcaccts tls tolerations topologySpreadConstraints trustedCertsSecret users volume "
        "volumes worker "
    ),
}
"""Keys by area, and by area and section of the chart."""

CHART_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    area: tuple(
        (*path[1:], key) for path, keys in reversed(tuple(_KEYS.items())) if path[0] == area for key in keys.split()
    )
    for area in dict.fromkeys(path[0] for path in _KEYS)
}
"""The path of every key below `values` by area; a section's keys come before those of the chart itself."""
